//! What a client's hello tells of its library, as far as libraries judge and answer in ways of their own.
//!
//! Needs: the extensions and versions of ClientHello.

use crate::event::Role;
use crate::handshake::{At, Handshake, Offer};
use crate::wire::{ExtensionType, ProtocolVersion};

/// Whether the peer may use OpenSSL, whose strict profile is the one that is met: its clients offer encrypt_then_mac where they offer
/// TLS 1.2, and those of browsers, Java and Go do not.
pub(super) fn may_be_openssl(handshake: &Handshake, owner: Role) -> bool {
    let offers = |offer: &At<Offer>| {
        offer.extensions.contains(&ExtensionType::ENCRYPT_THEN_MAC)
            || !offer.versions.contains(&ProtocolVersion::TLS1_2)
    };
    owner == Role::Client || handshake.offer.as_ref().is_none_or(offers)
}

/// Whether a name that the certificate lacks need not be what this client minds: GnuTLS has one alert for all that its verification finds,
/// and its programs may compare another name than the one that they send. Its hello has both of these, and those of OpenSSL, browsers,
/// Java and Go have not.
pub(super) fn has_one_word_for_all(handshake: &Handshake) -> bool {
    let both = [ExtensionType::RECORD_SIZE_LIMIT, ExtensionType::ENCRYPT_THEN_MAC];
    handshake.offer.as_ref().is_some_and(|offer| both.iter().all(|one| offer.extensions.contains(one)))
}

/// Whether the client's hello is OpenSSL's, whose programs send the certificate that they have unless they choose it themselves.
pub(super) fn sends_whatever_it_has(handshake: &Handshake) -> bool {
    let of_openssl = |offer: &At<Offer>| offer.extensions.contains(&ExtensionType::ENCRYPT_THEN_MAC);
    handshake.offer.as_ref().is_some_and(of_openssl) && !has_one_word_for_all(handshake)
}

/// Whether the peer is a client whose library has an alert of its own for most faults that its verification finds, so that a vague one tells
/// of others: OpenSSL's hello, and not that of GnuTLS.
pub(super) fn has_a_word_for_each(handshake: &Handshake, owner: Role) -> bool {
    owner == Role::Server && sends_whatever_it_has(handshake)
}
