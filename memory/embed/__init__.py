"""Turning texts into vectors: the port, the local model, its fallback, and a remote service."""

from memory.embed.choosing import Chosen, choose
from memory.embed.hashing import HashingEmbedder
from memory.embed.minilm import MiniLmEmbedder
from memory.embed.port import Embedder, EmbedderFault
from memory.embed.remote import RemoteEmbedder

__all__ = ["Chosen", "Embedder", "EmbedderFault", "HashingEmbedder", "MiniLmEmbedder", "RemoteEmbedder", "choose"]
