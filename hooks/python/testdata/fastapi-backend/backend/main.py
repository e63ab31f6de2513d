from fastapi import FastAPI
import db

api = FastAPI()
