"""Send a mail through the office's own server (SMTP)."""

import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage

TIMEOUT_SECONDS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """Where mail is handed in, and in whose name; ``password`` is never shown."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    starttls: bool = False

    def send(self, to: str, subject: str, body: str, *, copy_to: str = "") -> None:
        """Hand in one mail, with a copy where an address is given; raises OSError or smtplib.SMTPException when the server does not take it."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.sender, to, subject
        if copy_to:
            message["Cc"] = copy_to
        message.set_content(body)
        with smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS) as server:
            if self.starttls:
                server.starttls(context=ssl.create_default_context())
            if self.user:
                server.login(self.user, self.password)
            server.send_message(message)
