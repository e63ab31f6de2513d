import flask

application = flask.Flask(__name__)
application.run(port=5000)
