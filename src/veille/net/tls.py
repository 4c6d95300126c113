"""TLS, always verified: a certificate that does not hold is said in words, never overlooked."""

import ssl

import httpx

from veille.net.faults import chain

#: OpenSSL's X509_V_ERR_* (x509_vfy.h) in words; others are quoted.
_CERTIFICATE = {
    9: "le certificat n'est pas encore valable",
    10: "le certificat a expiré",
    18: "le certificat est auto-signé",
    19: "la chaîne contient un certificat auto-signé inconnu",
    20: "l'autorité qui a signé le certificat est inconnue, ou le serveur n'envoie pas toute la chaîne",
    21: "le serveur n'envoie pas toute la chaîne de certificats",
    62: "le certificat est celui d'un autre nom d'hôte",
    64: "le certificat n'est pas celui de cette adresse IP",
}


def verified(context: ssl.SSLContext | None, speaking: str = "") -> ssl.SSLContext:
    """Return `context`, or one with the usual authorities (SSL_CERT_FILE and SSL_CERT_DIR are obeyed).

    `speaking` is a protocol's name (RFC 7301), offered to the server.

    A context that checks less is a mistake of the caller and raises.
    """
    if context is None:
        context = httpx.create_ssl_context()
    if context.verify_mode is not ssl.CERT_REQUIRED or not context.check_hostname:
        raise ValueError("TLS certificates are always verified")
    if speaking:
        context.set_alpn_protocols([speaking])
    return context


def describe(error: BaseException) -> str:
    """Return the French reason of a failed handshake."""
    for cause in chain(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"connexion chiffrée refusée : {_CERTIFICATE.get(cause.verify_code, cause.verify_message)}"
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLEOFError) and cause.reason:
            return f"connexion chiffrée impossible ({cause.reason.replace('_', ' ').lower()})"
    return "connexion chiffrée impossible : le serveur a coupé pendant la poignée de main TLS"
