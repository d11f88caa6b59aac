"""The least that a Flask view can do with a form: what every figure is compared with."""

from __future__ import annotations

from flask import Flask, request

app = Flask(__name__)


@app.post("/")
def take() -> str:
    """Read the form, and say so."""
    _ = request.form
    return "ok"


@app.get("/")
def show() -> str:
    """Say something."""
    return "ok"
