source "https://gems.example.com"

gem "thin"
