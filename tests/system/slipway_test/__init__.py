# SPDX-License-Identifier: Apache-2.0
"""What the system tests are told in: a stack of real processes, and the world around it."""

from .config import configuration, mail_notifier
from .events import EventStream
from .git import GitServer, Repository
from .mail import SmtpServer
from .nats import NatsPublisher, NatsServer
from .plant import Counter, Gate, Plant
from .ports import free_port
from .postgres import PostgresCluster
from .rest import (CANCELLED, EXCEPTION, FAILURE, RETRY, SKIPPED, SUCCESS, WARNINGS, Rest, RestError)
from .stack import SERVICES, Stack
from .waiting import wait_for
from .websocket import WebSocket

__all__ = [
    "CANCELLED", "EXCEPTION", "FAILURE", "RETRY", "SKIPPED", "SUCCESS", "WARNINGS",
    "Counter", "EventStream", "Gate", "GitServer", "NatsPublisher", "NatsServer", "Plant", "PostgresCluster", "Repository", "Rest", "RestError", "SERVICES",
    "SmtpServer", "Stack", "WebSocket", "configuration", "free_port", "mail_notifier", "wait_for",
]
