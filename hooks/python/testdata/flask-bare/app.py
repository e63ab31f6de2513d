from flask import Flask

app: Flask = Flask(__name__)
