"""Certificates of an authority of our own: good ones, and all the kinds of bad ones."""

import ssl
import warnings
from datetime import UTC, datetime
from pathlib import Path

import trustme

HOST = "127.0.0.1"


class Certificates:
    """An authority that processes trust which are told so by SSL_CERT_FILE."""

    def __init__(self, folder: Path) -> None:
        """Keep the authority's own certificate in `folder`."""
        self._authority = trustme.CA()
        self.file = folder / "authority.pem"
        self._authority.cert_pem.write_to_path(self.file)

    def good(self) -> ssl.SSLContext:
        """A server's context that proves it is 127.0.0.1."""
        return self._server(self._authority.issue_cert(HOST))

    def wrong_host(self) -> ssl.SSLContext:
        """One that proves it is somebody else."""
        return self._server(self._authority.issue_cert("other.example"))

    def expired(self) -> ssl.SSLContext:
        """One whose time is over."""
        past = datetime(2020, 1, 1, tzinfo=UTC)
        return self._server(
            self._authority.issue_cert(
                HOST, not_before=past, not_after=past.replace(month=2)
            )
        )

    def self_signed(self) -> ssl.SSLContext:
        """One that only an unknown authority vouches for."""
        return self._server(trustme.CA().issue_cert(HOST))

    def too_old(self) -> ssl.SSLContext:
        """A good one that speaks TLS 1.0 and no newer."""
        context = self.good()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1
        context.set_ciphers("ALL:@SECLEVEL=0")
        return context

    def _server(self, certificate: trustme.LeafCert) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        return context
