"""The ways in which services are called and answer, each in one file of its name."""

from collections.abc import Mapping

from newsletter.providers.simulator.dialects.brevo import Brevo
from newsletter.providers.simulator.dialects.dialect import Call, Dialect, Entry
from newsletter.providers.simulator.dialects.mailgun import Mailgun
from newsletter.providers.simulator.dialects.postmark import Postmark
from newsletter.providers.simulator.dialects.resend import Resend
from newsletter.providers.simulator.dialects.sendgrid import SendGrid
from newsletter.providers.simulator.dialects.ses import Ses

DIALECTS: Mapping[str, Dialect] = {
    each.name: each
    for each in (Resend(), Postmark(), Mailgun(), Ses(), SendGrid(), Brevo())
}
"""Every dialect, by the name of the provider that speaks it."""

__all__ = ["DIALECTS", "Call", "Dialect", "Entry"]
