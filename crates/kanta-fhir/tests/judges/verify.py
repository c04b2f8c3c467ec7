"""Judges the bundle of standard input: its canonical form by `jcs`, its detached signature by `jwcrypto`."""

import base64
import json
import sys

import jcs
from jwcrypto import jwk, jws

bundle = json.load(sys.stdin)
signature = bundle.pop("signature")
canonical = jcs.canonicalize(bundle)
compact = base64.b64decode(signature["data"]).decode()
header, middle, value = compact.split(".")
assert middle == "", "the payload is beside the signature"
fields = json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))
pem = "-----BEGIN CERTIFICATE-----\n" + fields["x5c"][0] + "\n-----END CERTIFICATE-----\n"
key = jwk.JWK.from_pem(pem.encode())


def verifies(payload):
    token = jws.JWS()
    encoded = base64.urlsafe_b64encode(payload).rstrip(b"=").decode()
    token.deserialize(f"{header}.{encoded}.{value}")
    try:
        token.verify(key)
        return True
    except jws.InvalidJWSSignature:
        return False


verdict = {
    "canonical": canonical.decode(),
    "verifies": verifies(canonical),
    "changed": verifies(canonical[:-1] + b" }"),
}
json.dump(verdict, sys.stdout)
