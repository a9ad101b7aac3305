"""Delivered messages for the tests: ours, signed, with what receivers write on top."""

from newsletter.providers.dkim_signing import Signer
from tests.providers.batches import MOMENT, a_batch
from tests.providers.dkim_keys import DOMAIN, RSA, SELECTOR
from tests.rig.dns import Names

BATCH = a_batch(1)
SIGNER = Signer(DOMAIN, SELECTOR, RSA)
SIGNED = SIGNER.sign(BATCH.mime(BATCH.recipients[0]), MOMENT)
NAMES: Names = {
    f"TXT {SELECTOR}._domainkey.{DOMAIN}": [SIGNER.record],
    "TXT _dmarc.example.com": ["v=DMARC1; p=none"],
}

RECEIVED = (
    "Received: by 2002:a05:6a10:abcd:0:0:0:0 with SMTP id x;\r\n"
    "        Fri, 20 Nov 2026 00:00:01 -0800 (PST)\r\n"
    "Received: from relay.example (relay.example. [192.0.2.1])\r\n"
    "        by mx.google.com with ESMTPS id y\r\n"
    "        for <reader1@example.com>; Fri, 20 Nov 2026 00:00:00 -0800 (PST)\r\n"
)
GMAIL = (
    "Delivered-To: reader1@example.com\r\n"
    f"{RECEIVED}"
    "Return-Path: <bounces@letter.example.com>\r\n"
    "Authentication-Results: mx.google.com;\r\n"
    "       dkim=pass header.i=@letter.example.com header.s=friday header.b=AbCd;\r\n"
    "       spf=pass (google.com: domain of bounces@letter.example.com designates\r\n"
    "        192.0.2.1 as permitted (dkim=fail; really) sender)\r\n"
    "        smtp.mailfrom=bounces@letter.example.com;\r\n"
    "       dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=letter.example.com\r\n"
).encode()
OUTLOOK = (
    b"Received: from relay.example (192.0.2.1) by\r\n"
    b" DB3.mail.protection.outlook.com (10.1.1.1) with Microsoft SMTP Server\r\n"
    b"Authentication-Results: spf=pass (sender IP is 192.0.2.1)\r\n"
    b" smtp.mailfrom=letter.example.com; dkim=pass (signature was verified)\r\n"
    b" header.d=letter.example.com;dmarc=pass action=none\r\n"
    b" header.from=letter.example.com;compauth=pass reason=100\r\n"
)
ICLOUD = (
    b"Received: from relay.example by p00.icloud.com with ESMTPS\r\n"
    b"Authentication-Results: dmarc.icloud.com; dmarc=fail\r\n"
    b" header.from=letter.example.com\r\n"
    b"Authentication-Results: dkim-verifier.icloud.com;\r\n"
    b"\tdkim=pass (2048-bit key) header.d=letter.example.com\r\n"
    b"Authentication-Results: spf.icloud.com; spf=softfail\r\n"
    b"Authentication-Results: relay.example; spf=pass\r\n"
)
DELIVERED = GMAIL + SIGNED
