# SPDX-License-Identifier: Apache-2.0
"""An SMTP server that keeps what it is given, and can refuse, delay, ask for a password and speak TLS."""

import email
import email.policy
import ssl
import subprocess

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from .ports import free_port
from .waiting import wait_for


class SmtpServer:
    """tls: None, "starttls" (required) or "implicit". users: {name: password}, then signing in is required, by one of
    the mechanisms."""

    def __init__(self, folder, tls=None, users=None, mechanisms=("PLAIN", "LOGIN")):
        self.host, self.port = "127.0.0.1", free_port()
        self.tls, self.users, self.mechanisms = tls, users, mechanisms
        self.refused = set()         # recipients answered with 550
        self.busy = 0                # how many more messages are answered with 451
        self.received = []           # email.message.EmailMessage, with .recipients and .sender
        self.attempts = 0            # messages offered, taken or not
        self.certificate = None
        self._context = self._make_context(folder) if tls else None
        self._controller = None

    def start(self):
        options = {"server_hostname": "smtp.test"}
        if self.tls == "starttls":
            options.update(tls_context=self._context, require_starttls=True)
        if self.users:
            options.update(authenticator=self._authenticate, auth_required=True,
                           auth_require_tls=self.tls == "starttls",
                           auth_exclude_mechanism={"PLAIN", "LOGIN"} - set(self.mechanisms))
        self._controller = Controller(
            self, hostname=self.host, port=self.port,
            ssl_context=self._context if self.tls == "implicit" else None, **options)
        self._controller.start()
        return self

    def stop(self):
        if self._controller:
            self._controller.stop()
            self._controller = None

    def relay(self, **more):
        """The `relay` of a mail notifier that sends here."""
        relay = {"host": self.host, "port": self.port, "tls": self.tls or "none"}
        if self.certificate:
            relay["ca_file"] = str(self.certificate)
        return {**relay, **more}

    def wait_for_mail(self, count=1, timeout=60):
        wait_for(lambda: len(self.received) >= count, f"{count} mails", timeout)
        return self.received[count - 1]

    # What aiosmtpd calls, on a thread of its own.

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refused:
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.attempts += 1
        if self.busy > 0:
            self.busy -= 1
            return "451 4.3.2 try again later"
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        message.recipients, message.sender = list(envelope.rcpt_tos), envelope.mail_from
        message.signed_in_as = getattr(session, "auth_data", None)
        self.received.append(message)
        return "250 2.0.0 taken"

    def _authenticate(self, server: SMTP, session, envelope, mechanism, data):
        name = data.login.decode() if isinstance(data, LoginPassword) else None
        right = name is not None and self.users.get(name) == data.password.decode()
        # Not "handled": then aiosmtpd answers 535 itself.
        return AuthResult(success=right, handled=right, auth_data=name)

    def _make_context(self, folder):
        self.certificate, key = folder / "smtp-cert.pem", folder / "smtp-key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
             "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", self.certificate],
            check=True, capture_output=True)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificate, key)
        return context
