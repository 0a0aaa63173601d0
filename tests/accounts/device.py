"""A device with one passkey, in software: it signs as a phone would."""

import json
from hashlib import sha256

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
)

FLAG = AuthenticatorData.FLAG


class Device:
    def __init__(self, *, site="localhost", origin="http://localhost", verifies=True):
        self.site, self.origin = site, origin
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = b"the one key of this device"
        self.handle = None
        self.flags = FLAG.UP | FLAG.UV if verifies else FLAG.UP

    def create(self, options):
        """Make the passkey that the page asks for; return what the browser posts."""
        options = options["publicKey"]
        self.handle = options["user"]["id"]
        credential = AttestedCredentialData.create(
            b"\0" * 16, self.id, ES256.from_cryptography_key(self.key.public_key())
        )
        data = AuthenticatorData.create(
            self._site_hash, self.flags | FLAG.AT, 0, bytes(credential)
        )
        attestation = AttestationObject.create("none", data, {})
        return self._answer(
            self._client_data("webauthn.create", options),
            attestationObject=websafe_encode(bytes(attestation)),
        )

    def sign(self, options):
        """Answer the question of a login."""
        client_data = self._client_data("webauthn.get", options["publicKey"])
        data = AuthenticatorData.create(self._site_hash, self.flags, 1)
        signed = bytes(data) + sha256(client_data).digest()
        signature = self.key.sign(signed, ec.ECDSA(hashes.SHA256()))
        return self._answer(
            client_data,
            authenticatorData=websafe_encode(bytes(data)),
            signature=websafe_encode(signature),
            userHandle=self.handle,
        )

    @property
    def _site_hash(self):
        return sha256(self.site.encode()).digest()

    def _client_data(self, kind, options):
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        return json.dumps(said).encode()

    def _answer(self, client_data, **response):
        name = websafe_encode(self.id)
        return json.dumps(
            {
                "id": name,
                "rawId": name,
                "type": "public-key",
                "clientExtensionResults": {"credProps": {"rk": True}},
                "response": {
                    "clientDataJSON": websafe_encode(client_data),
                    **response,
                },
            }
        )
