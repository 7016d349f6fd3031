//! Decoding allocates nothing: an allocator that counts proves it.

mod allocator;
#[allow(dead_code, reason = "other tests use the rest")]
mod encoder;

use allocator::allocations;
use tlsdiag_core::wire::*;

#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| vec![1, 2, 3]).0, 1);
}

#[test]
fn a_hello_with_every_extension_is_typed_without_allocation() {
    let extensions = encoder::every_extension();
    let bytes = encoder::client_hello(&[8; 32], &[1; 32], &[0x1a1a, 0x1301, 0xc02b, 0x00ff], &extensions);
    let (count, typed) = allocations(|| {
        let Ok(Message::ClientHello(hello)) = Message::decode(&bytes, &Dialect::default()) else {
            return None;
        };
        let mut typed = 0;
        let mut items = 0;
        for extension in hello.extensions.typed() {
            match extension {
                Ok(Extension::Unknown { .. }) | Err(_) => return None,
                Ok(extension) => {
                    items += walk(&extension);
                    typed += 1;
                }
            }
        }
        items += hello.cipher_suites.iter().filter(|suite| suite.name().is_some()).count();
        Some((typed, items))
    });
    assert_eq!(count, 0);
    assert_eq!(typed, Some((extensions.len(), 66)));
}

/// Walks every list in an extension and says how many items it found.
fn walk(extension: &Extension<'_>) -> usize {
    match *extension {
        Extension::ServerName(names) => names.iter().count(),
        Extension::StatusRequestV2(items) => items.iter().count(),
        Extension::SupportedGroups(list) => list.iter().count(),
        Extension::EcPointFormats(list) => list.iter().count(),
        Extension::SignatureAlgorithms(list)
        | Extension::SignatureAlgorithmsCert(list)
        | Extension::DelegatedCredentialSchemes(list) => list.iter().count(),
        Extension::UseSrtp(srtp) => srtp.profiles.iter().count(),
        Extension::Alpn(names) | Extension::ApplicationSettingsProtocols(names) => names.iter().count(),
        Extension::CompressCertificate(list) => list.iter().count(),
        Extension::PreSharedKey(PreSharedKey::Offered { identities, binders }) => {
            identities.iter().count() + binders.iter().count()
        }
        Extension::SupportedVersions(SupportedVersions::Offered(list)) => list.iter().count(),
        Extension::PskKeyExchangeModes(list) => list.iter().count(),
        Extension::CertificateAuthorities(names) => names.iter().count(),
        Extension::OidFilters(filters) => filters.iter().count(),
        Extension::KeyShare(KeyShare::Offered(shares)) => shares.iter().count(),
        Extension::TrustedCaKeys(authorities) => authorities.iter().count(),
        Extension::UserMapping(types) => types.iter().count(),
        Extension::ClientAuthorization(formats) | Extension::ServerAuthorization(formats) => {
            formats.iter().count()
        }
        Extension::CertificateType(CertificateTypes::Offered(types))
        | Extension::ClientCertificateType(CertificateTypes::Offered(types))
        | Extension::ServerCertificateType(CertificateTypes::Offered(types)) => types.iter().count(),
        Extension::CachedInformation(CachedInformation::Offered(objects)) => objects.iter().count(),
        Extension::EktCiphers(EktCiphers::Offered(ciphers)) => ciphers.iter().count(),
        Extension::TokenBinding(binding) => binding.key_parameters.iter().count(),
        Extension::EchOuterExtensions(kinds) => kinds.iter().count(),
        Extension::TrustAnchors(anchors) => anchors.iter().count(),
        Extension::QuicTransportParameters(parameters) => {
            parameters.iter().filter(|p| p.name().is_some()).count()
        }
        _ => 0,
    }
}

#[test]
fn an_error_allocates_nothing_either() {
    let bytes = encoder::client_hello(&[8; 32], &[], &[0x1301], &encoder::every_extension());
    let (count, errors) = allocations(|| {
        let errors =
            |length| Message::decode(bytes.get(..length).unwrap_or(&[]), &Dialect::default()).is_err();
        (0..bytes.len()).filter(|&length| errors(length)).count()
    });
    assert_eq!((count, errors), (0, bytes.len()));
}
