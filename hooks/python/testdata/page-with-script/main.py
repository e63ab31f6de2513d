print("how I made this page")
