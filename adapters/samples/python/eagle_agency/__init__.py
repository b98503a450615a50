"""The agency's side of the contract, in Python: copy this folder, keep it, write your five functions (README.md).

    from eagle_agency import Inbox, Session, Settings

    inbox = Inbox(Settings("adapter.toml"))
    Session("org.example.my-bank", "1", MyBank(inbox), inbox).run()      # until SIGTERM
"""
from .inbox import Inbox
from .session import Session
from .settings import Settings
from .signed import Refused, insist
from .work import Work

__all__ = ["Inbox", "Refused", "Session", "Settings", "Work", "insist"]
