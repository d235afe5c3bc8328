"""Every attack, and what it takes."""

import pathlib
import sys
from dataclasses import dataclass, field
from typing import Callable

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]
                       / "integration"))

import attacks_cluster  # noqa: E402
import attacks_http  # noqa: E402
import attacks_socketio  # noqa: E402
import attacks_websocket  # noqa: E402


@dataclass
class Case:
    name: str
    attack: Callable
    # Settings of the node; one with settings of its own has one to itself.
    settings: list = field(default_factory=list)
    # Descriptors that the node may open; None: as many as there are.
    descriptors: int | None = None
    # Whether clients from elsewhere get in meanwhile.
    newcomers: bool = True
    # Bytes after which the attack may end, unless it gets no further before.
    work: int = 0


GIB = 1 << 30

# What makes a case more than its attack; see Case.
SPECIAL = {
    "descriptors": {"settings": ["server.max_connections=2000",
                                 "limits.connections_per_address=2000",
                                 "server.header_timeout=60s"],
                    "descriptors": 220, "newcomers": False},
    "expect_unread": {"work": GIB}, "expect_unread_admin": {"work": GIB},
    "files_unread": {"work": GIB}, "answers_unread": {"work": GIB},
    "emit_flood": {"work": GIB}, "long_rooms": {"work": GIB // 4},
    "chunk_extensions": {"work": GIB}, "chunk_trailers": {"work": GIB},
    "chunk_sizes": {"work": GIB}, "chunk_quotes": {"work": GIB},
    "chunk_extensions_admin": {"work": GIB}, "endless_headers": {"work": GIB},
    "many_rooms": {"work": 1 << 20},
}

ATTACKS = {
    attacks_http: [
        "expect_unread", "expect_unread_admin", "chunk_extensions",
        "chunk_trailers", "chunk_sizes", "chunk_quotes",
        "chunk_extensions_admin", "endless_headers", "slow_headers",
        "slow_bodies", "smuggled", "files_unread", "files_head",
        "files_conditional", "polling_sessions", "polling_abuse", "huge_sids",
        "upgrades", "too_many_connections", "descriptors"],
    attacks_websocket: ["fragments", "pings", "control_frames",
                        "held_messages", "attachments"],
    attacks_socketio: [
        "join_flood", "join_flood_acked", "join_many_flood", "leave_flood",
        "join_leave_flood", "leave_many_flood", "local_flood",
        "local_flood_of_many", "mirror_flood", "unknown_events",
        "unknown_acks", "answers_unread", "emit_flood", "namespace_flood",
        "namespace_churn", "deep_json", "auth_payloads", "forged_offsets",
        "huge_ids", "long_rooms", "many_rooms", "slow_members"],
    attacks_cluster: ["cluster_knocks", "cluster_held"],
}

CASES = {name: Case(name, getattr(module, name), **SPECIAL.get(name, {}))
         for module, names in ATTACKS.items() for name in names}
