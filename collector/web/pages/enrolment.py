"""Registering kiosks: one-time codes, sheets of them, replacing and retiring a device."""

from fastapi import APIRouter

router = APIRouter(include_in_schema=False)
