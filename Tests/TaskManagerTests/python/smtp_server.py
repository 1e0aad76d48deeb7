"""Takes mail on a free port and leaves it in a folder, for the tests of task_manager.

smtp_server.py FOLDER

FOLDER/port tells where it listens, once it does; FOLDER/1.json, FOLDER/2.json and so on are the
mails, each there in full before its sender is told that it was taken.
"""

import asyncio
import email
import email.policy
import json
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP


class Mailbox:
    def __init__(self, folder):
        self.folder = folder
        self.count = 0

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.count += 1
        mail = {
            "sender": envelope.mail_from,
            "recipients": envelope.rcpt_tos,
            "to": message["To"],
            "subject": message["Subject"],
            "body": message.get_content().replace("\r\n", "\n"),
        }
        publish(self.folder / f"{self.count}.json", json.dumps(mail))
        return "250 taken"


def publish(path, text):
    """Writes a file that nobody sees half-written."""
    draft = path.with_suffix(".draft")
    draft.write_text(text)
    draft.rename(path)


async def main(folder):
    loop = asyncio.get_running_loop()
    mailbox = Mailbox(folder)
    server = await loop.create_server(lambda: SMTP(mailbox), "127.0.0.1", 0)
    publish(folder / "port", str(server.sockets[0].getsockname()[1]))
    # The test holds the other end of the pipe: however it ends, this ends with it.
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main(Path(sys.argv[1])))
