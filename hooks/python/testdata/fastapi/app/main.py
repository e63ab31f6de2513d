from fastapi import FastAPI

from app.routers import items

app = FastAPI(title="x")
