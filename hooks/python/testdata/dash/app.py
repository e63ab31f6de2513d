from dash import Dash

app = Dash(__name__)
server = app.server

if __name__ == "__main__":
    app.run(debug=True)
