"""How a kiosk becomes known: its one-time code for a certificate, and a new certificate before the old one ends."""

from fastapi import APIRouter

router = APIRouter(tags=["enrolment"])
