//! What an encoder wrote is what the decoder reads, for any values; and any bytes at all are read without a panic.

#[allow(dead_code, reason = "other tests use the rest")]
mod encoder;

use encoder::{client_hello, extension, message, numbers, vec8, vec16, vec24};
use proptest::collection::vec;
use proptest::prelude::*;
use tlsdiag_core::wire::*;

fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..=most)
}

fn raw<'a, T: Decode<'a>, U>(sequence: Sequence<'a, T>, part: impl Fn(T) -> U) -> Vec<U> {
    assert_eq!(sequence.iter().count(), sequence.len());
    sequence.iter().map(part).collect()
}

fn dtls_record(body: &[u8]) -> Vec<u8> {
    [&[22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0][..], &vec16(body)].concat()
}

/// A handshake message of DTLS with the bytes in `range` of its body.
fn dtls_fragment(seq: usize, body: &[u8], range: std::ops::Range<usize>) -> Vec<u8> {
    let number = |number: usize| u32::try_from(number).unwrap().to_be_bytes();
    let (length, offset, count) = (number(body.len()), number(range.start), number(range.len()));
    let head = [&[11], &length[1..], &number(seq)[2..], &offset[1..], &count[1..]].concat();
    [head, body[range].to_vec()].concat()
}

/// Messages of DTLS (sorted), and fragments of them in any order: ones that make them up, and others that double these
/// and overlap with them.
fn fragmented() -> impl Strategy<Value = (Vec<Vec<u8>>, Vec<Vec<u8>>)> {
    let cuts = (vec(any::<prop::sample::Index>(), 0..12), vec(any::<[prop::sample::Index; 2]>(), 0..8));
    let message = (vec(any::<u8>(), 1..2000), cuts, prop::option::of(1_usize..40));
    vec(message, 1..4)
        .prop_map(|messages| {
            let mut fragments = Vec::new();
            let mut whole = Vec::new();
            for (seq, (body, (cuts, others), step)) in messages.iter().enumerate() {
                // In even steps now and then, down to one byte.
                let mut cuts: Vec<usize> = match step {
                    Some(step) if body.len() / step < 500 => (0..body.len()).step_by(*step).collect(),
                    _ => cuts.iter().map(|cut| cut.index(body.len())).collect(),
                };
                cuts.extend([0, body.len()]);
                cuts.sort_unstable();
                let pairs = cuts.windows(2).map(|pair| pair[0]..pair[1]);
                let others = others.iter().map(|[one, other]| {
                    let (one, other) = (one.index(body.len() + 1), other.index(body.len() + 1));
                    one.min(other)..one.max(other)
                });
                fragments.extend(pairs.chain(others).map(|range| dtls_fragment(seq, body, range)));
                whole.push(dtls_fragment(seq, body, 0..body.len()));
            }
            whole.sort();
            (whole, fragments)
        })
        .prop_flat_map(|(whole, fragments)| (Just(whole), Just(fragments).prop_shuffle()))
}

proptest! {
    #[test]
    fn a_client_hello(
        random in any::<[u8; 32]>(),
        session in bytes(32),
        suites in vec(any::<u16>(), 0..60),
        host in "[a-z0-9.-]{1,60}",
        protocols in vec(vec(any::<u8>(), 1..20), 1..6),
        groups in vec(any::<u16>(), 0..20),
        shares in vec((any::<u16>(), bytes(1300)), 0..4),
        versions in vec(any::<u16>(), 0..8),
        identities in vec((bytes(300), any::<u32>()), 0..3),
        binders in vec(bytes(64), 0..3),
        unknown in bytes(40),
    ) {
        let names = vec16(&[&[0][..], &vec16(host.as_bytes())].concat());
        let alpn: Vec<u8> = protocols.iter().flat_map(|name| vec8(name)).collect();
        let entry = |(group, key): &(u16, Vec<u8>)| [&group.to_be_bytes()[..], &vec16(key)].concat();
        let key_shares: Vec<u8> = shares.iter().flat_map(entry).collect();
        let identity = |(name, age): &(Vec<u8>, u32)| [&vec16(name)[..], &age.to_be_bytes()].concat();
        let psk = [
            vec16(&identities.iter().flat_map(identity).collect::<Vec<_>>()),
            vec16(&binders.iter().flat_map(|binder| vec8(binder)).collect::<Vec<_>>()),
        ];
        let hello = client_hello(&random, &session, &suites, &[
            extension(0, &names),
            extension(0xeeee, &unknown),
            extension(16, &vec16(&alpn)),
            extension(10, &vec16(&numbers(&groups))),
            extension(51, &vec16(&key_shares)),
            extension(43, &vec8(&numbers(&versions))),
            extension(41, &psk.concat()),
        ]);
        let decoded = Message::decode(&hello, &Dialect::default()).unwrap();
        prop_assert_eq!(decoded.kind(), HandshakeType::CLIENT_HELLO);
        let Message::ClientHello(hello) = decoded else { panic!("{decoded:?}") };
        prop_assert_eq!(hello.random, &random);
        prop_assert_eq!(hello.session_id, &session[..]);
        prop_assert_eq!(hello.cipher_suites.iter().map(|suite| suite.0).collect::<Vec<_>>(), suites);
        prop_assert_eq!(hello.server_name(), Some(host.as_str()));
        prop_assert_eq!(raw(hello.alpn().unwrap(), |name| name.0.to_vec()), protocols);
        let seen: Vec<_> = hello.supported_groups().unwrap().iter().map(|group| group.0).collect();
        prop_assert_eq!(seen, groups);
        let seen: Vec<_> = hello.supported_versions().unwrap().iter().map(|version| version.0).collect();
        prop_assert_eq!(seen, versions);
        let seen = raw(hello.key_shares().unwrap(), |share| (share.group.0, share.key_exchange.to_vec()));
        prop_assert_eq!(seen, shares);
        let Some(PreSharedKey::Offered { identities: names, binders: proofs }) = hello.pre_shared_key() else {
            panic!()
        };
        let seen = raw(names, |one| (one.identity.to_vec(), one.obfuscated_ticket_age));
        prop_assert_eq!(seen, identities);
        prop_assert_eq!(raw(proofs, |binder| binder.0.to_vec()), binders);
        prop_assert_eq!(hello.extensions.get(ExtensionType(0xeeee)), Some(&unknown[..]));
    }

    #[test]
    fn a_certificate_in_both_forms(
        context in bytes(20),
        certificates in vec((bytes(400), bytes(80)), 0..5),
    ) {
        let new: Vec<u8> = certificates
            .iter()
            .flat_map(|(der, response)| {
                let status = [&[1][..], &vec24(response)].concat();
                [vec24(der), vec16(&extension(5, &status))].concat()
            })
            .collect();
        let new = message(11, &[vec8(&context), vec24(&new)].concat());
        let dialect = |version| Dialect { version: Some(version), ..Dialect::default() };
        let decoded = Message::decode(&new, &dialect(ProtocolVersion::TLS1_3)).unwrap();
        let Message::Certificate(chain) = decoded else { panic!("{decoded:?}") };
        prop_assert_eq!(chain.context, &context[..]);
        prop_assert_eq!(chain.len(), certificates.len());
        for (entry, (der, wanted)) in chain.entries().zip(&certificates) {
            prop_assert_eq!(entry.data, &der[..]);
            let kind = CertificateStatusType::OCSP;
            let expected = Extension::StatusRequest(StatusRequest::Response { kind, response: wanted });
            prop_assert_eq!(entry.extensions.typed().next(), Some(Ok(expected)));
        }

        let old: Vec<u8> = certificates.iter().flat_map(|(der, _)| vec24(der)).collect();
        let old = message(11, &vec24(&old));
        let decoded = Message::decode(&old, &dialect(ProtocolVersion::TLS1_2)).unwrap();
        let Message::Certificate(chain) = decoded else { panic!("{decoded:?}") };
        prop_assert!(chain.certificates().eq(certificates.iter().map(|(der, _)| &der[..])));
    }

    #[test]
    fn a_certificate_request_in_both_forms(
        types in bytes(10),
        schemes in vec(any::<u16>(), 1..20),
        names in vec(vec(any::<u8>(), 1..50), 0..5),
        context in bytes(10),
    ) {
        let authorities = vec16(&names.iter().flat_map(|name| vec16(name)).collect::<Vec<_>>());
        let old = message(13, &[vec8(&types), vec16(&numbers(&schemes)), authorities.clone()].concat());
        let extensions = [extension(13, &vec16(&numbers(&schemes))), extension(47, &authorities)].concat();
        let new = message(13, &[vec8(&context), vec16(&extensions)].concat());
        for (bytes, version) in [(&old, ProtocolVersion::TLS1_2), (&new, ProtocolVersion::TLS1_3)] {
            let dialect = Dialect { version: Some(version), ..Dialect::default() };
            let decoded = Message::decode(bytes, &dialect).unwrap();
            let Message::CertificateRequest(request) = decoded else { panic!("{decoded:?}") };
            let seen: Vec<_> = request.signature_schemes().unwrap().iter().map(|scheme| scheme.0).collect();
            prop_assert_eq!(&seen, &schemes);
            prop_assert_eq!(&raw(request.authorities(), |name| name.0.to_vec()), &names);
        }
    }

    #[test]
    fn a_ticket_in_both_forms(
        lifetime: u32, age_add: u32, nonce in bytes(20), ticket in bytes(300), early: u32,
    ) {
        let head = lifetime.to_be_bytes();
        let old = message(4, &[&head[..], &vec16(&ticket)].concat());
        let extensions = vec16(&extension(42, &early.to_be_bytes()));
        let new = [&head[..], &age_add.to_be_bytes(), &vec8(&nonce), &vec16(&ticket), &extensions].concat();
        let new = message(4, &new);
        for (bytes, version) in [(&old, ProtocolVersion::TLS1_2), (&new, ProtocolVersion::TLS1_3)] {
            let dialect = Dialect { version: Some(version), ..Dialect::default() };
            let decoded = Message::decode(bytes, &dialect).unwrap();
            let Message::NewSessionTicket(seen) = decoded else { panic!("{decoded:?}") };
            prop_assert_eq!((seen.lifetime, seen.ticket), (lifetime, &ticket[..]));
            let expected = (version == ProtocolVersion::TLS1_3).then_some(early);
            prop_assert_eq!(seen.max_early_data(), expected);
        }
    }

    #[test]
    fn records_in_any_pieces_give_the_same_messages(
        messages in vec((0_u8..30, bytes(3000)), 1..6),
        record_size in 1_usize..2000,
        piece in 1_usize..3000,
    ) {
        let messages: Vec<_> = messages.iter().map(|(kind, body)| message(*kind, body)).collect();
        let stream = messages.concat();
        let wire: Vec<u8> =
            stream.chunks(record_size).flat_map(|part| [&[22, 3, 3][..], &vec16(part)].concat()).collect();
        let mut seen = Vec::new();
        let mut deframer = Deframer::new();
        for part in wire.chunks(piece) {
            deframer.push(part, |frame| match frame {
                Frame::Handshake(message) => seen.push(message.to_vec()),
                other => panic!("{other:?}"),
            });
            assert!(deframer.held() <= Deframer::MEMORY);
        }
        prop_assert_eq!(seen, messages);
    }

    #[test]
    fn fragments_cut_shuffled_doubled_and_overlapping_give_the_messages(
        fragments in fragmented(),
        per_record in 1_usize..4,
        per_datagram in 1_usize..3,
    ) {
        let (messages, fragments) = fragments;
        let records: Vec<_> = fragments.chunks(per_record).map(|part| dtls_record(&part.concat())).collect();
        let mut seen: Vec<Vec<u8>> = Vec::new();
        let mut deframer = DtlsDeframer::new();
        for datagram in records.chunks(per_datagram) {
            deframer.push(&datagram.concat(), |frame| match frame {
                DtlsFrame::Handshake(message) => seen.push(message.to_vec()),
                other => panic!("{other:?}"),
            });
            prop_assert!(deframer.held() <= DtlsDeframer::MEMORY);
        }
        // One that is doubled to the last byte comes twice.
        seen.sort();
        seen.dedup();
        prop_assert_eq!(seen, messages);
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(
        kind in 0_u8..30, mut body in bytes(300), suite: u16, version in 0x0300_u16..0x0306, dtls: bool,
    ) {
        let dialect = Dialect {
            version: Some(ProtocolVersion(version)),
            suite: Some(CipherSuite(suite)),
            dtls,
            ..Dialect::default()
        };
        for dialect in [dialect, Dialect::default()] {
            if let Ok(decoded) = Message::decode(&message(kind, &body), &dialect) {
                let _ = format!("{decoded:?}");
            }
        }
        looks_like(&body);
        let mut deframer = Deframer::new();
        deframer.push(&body, |_| ());
        DtlsDeframer::new().push(&body, |_| ());
        for number in 0..64 {
            for place in [Place::ClientHello, Place::ServerHello, Place::Certificate, Place::EncryptedExtensions] {
                let _ = Extension::decode(ExtensionType(number), Reader::new(&body), place);
            }
        }
        body.insert(0, 0x30);
        x509::Certificate::parse(&body);
    }
}
