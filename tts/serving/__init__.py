"""Voices as a server: HTTP as OpenAI's API has it, WebSocket, and Wyoming (docs/serving.md)."""
