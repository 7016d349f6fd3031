use super::*;

const PSS: SignatureScheme = SignatureScheme(0x0804);
const PKCS1: SignatureScheme = SignatureScheme(0x0401);
const ECDSA: SignatureScheme = SignatureScheme(0x0403);

/// An attempt that began so many milliseconds after the first and took a tenth of a second.
fn at(millis: u64, end: End) -> Attempt {
    Attempt {
        id: format!("id-{millis}"),
        began: SystemTime::UNIX_EPOCH + Duration::from_millis(1_000_000 + millis),
        duration: Duration::from_millis(100),
        version: Some(ProtocolVersion::TLS1_2),
        schemes: Some(vec![ECDSA, PSS, PKCS1]),
        end,
        waited: false,
        addressed: true,
        suspected: false,
    }
}

fn left(millis: u64) -> Attempt {
    at(millis, End::Unanswered)
}

fn signed(millis: u64, scheme: SignatureScheme) -> Attempt {
    at(millis, End::Established(Some(scheme)))
}

fn raised(all: &[Attempt]) -> Option<Confidence> {
    let (now, earlier) = all.split_last().expect("one at least");
    together(now, earlier).raised.map(|finding| finding.confidence)
}

fn became(all: &[Attempt]) -> Vec<(String, Became)> {
    let (now, earlier) = all.split_last().expect("one at least");
    together(now, earlier).earlier.into_iter().map(|told| (told.id, told.became)).collect()
}

#[test]
fn one_end_says_nothing_and_a_page_view_is_one_attempt() {
    assert_eq!(raised(&[left(0)]), None);
    assert_eq!(raised(&[left(0), left(10), left(4_900)]), None);
    // Its connections overlap the first one's, however long that is.
    let waiting = Attempt { duration: Duration::from_secs(60), ..left(0) };
    assert_eq!(raised(&[waiting, left(50_000)]), None);
}

#[test]
fn a_second_attempt_raises_the_suspicion_and_a_third_again() {
    assert_eq!(raised(&[left(0), left(7_000)]), Some(Confidence::Possible));
    assert_eq!(raised(&[left(0), left(7_000), left(19_000)]), Some(Confidence::Likely));
    // As many ends of one attempt are one.
    assert_eq!(raised(&[left(0), left(7_000), left(7_100)]), Some(Confidence::Possible));
    let finding = together(&left(7_000), &[left(0)]).raised.expect("a finding");
    assert!(finding.summary.contains(" may "), "{}", finding.summary);
    assert!(finding.evidence.iter().any(|seen| seen.value.contains("id-0")));
    let third = together(&left(19_000), &[left(0), left(7_000)]).raised.expect("a finding");
    assert!(third.summary.contains("probably") && third.summary.contains("3 attempts"), "{}", third.summary);
}

#[test]
fn what_never_changes_its_pace_is_a_machine() {
    let every = |millis: u64, count: u64| (0..count).map(|n| left(n * millis + n % 2)).collect::<Vec<_>>();
    assert_eq!(raised(&every(6_000, 3)), Some(Confidence::Possible));
    let mut checks = every(6_000, 4);
    assert_eq!(raised(&checks), None);
    assert_eq!(became(&checks), []);
    checks[1].suspected = true;
    assert_eq!(became(&checks), [("id-6001".to_owned(), Became::Withdrawn)]);
    // Each second: a whole attempt has gone by before the second one begins.
    assert_eq!((1..30).filter_map(|count| raised(&every(1_000, count))).count(), 0);
    // Who waits until the server gives up comes back at the server's pace.
    let waiting = |one: Attempt| Attempt { duration: Duration::from_secs(60), waited: true, ..one };
    let silent: Vec<_> = every(61_000, 4).into_iter().map(waiting).collect();
    assert_eq!(raised(&silent), Some(Confidence::Likely));
    // Somebody who tries again, and again.
    assert_eq!(raised(&[left(0), left(6_000), left(14_000), left(21_500)]), Some(Confidence::Likely));
}

#[test]
fn success_withdraws_the_suspicion_and_keeps_it_away() {
    let all = [left(0), left(100), signed(3_000, PSS)];
    let ids = ["id-0", "id-100"].map(|id| (id.to_owned(), Became::Withdrawn));
    assert_eq!(became(&all), ids);
    assert_eq!(raised(&[signed(0, PSS), left(9_000), left(20_000)]), None);
    // A session that is resumed was made with a success.
    let resumed = Attempt { schemes: None, ..at(0, End::Established(None)) };
    assert_eq!(raised(&[resumed.clone(), left(9_000), left(20_000)]), None);
    assert_eq!(became(&[left(0), resumed]).len(), 1);
    // One that chose to show none was asked, too.
    assert_eq!(became(&[left(0), at(3_000, End::Established(None))])[0].1, Became::Withdrawn);
}

#[test]
fn success_with_another_offer_is_proof_where_the_change_is_what_did_it() {
    let mut now = signed(20_000, PKCS1);
    now.schemes = Some(vec![ECDSA, PKCS1]);
    let told = together(&now, &[left(0), left(9_000)]).earlier;
    assert!(told.iter().all(|one| one.became == Became::Confirmed) && told.len() == 2, "{told:?}");
    assert!(told[0].why.contains("rsa_pss_rsae_sha256 left CertificateRequest"), "{}", told[0].why);
    // Behind is as good as gone.
    now.schemes = Some(vec![PKCS1, PSS]);
    assert_eq!(became(&[left(0), left(9_000), now.clone()])[0].1, Became::Confirmed);
    // Once is no proof: it may have asked its user meanwhile.
    assert_eq!(became(&[left(0), now.clone()]), []);
    // It could sign with PSS before.
    let before = signed(0, PSS);
    now.schemes = Some(vec![PKCS1]);
    assert_eq!(became(&[before, left(9_000), now.clone()])[0].1, Became::Withdrawn);
    // A key of another kind is no card without PSS.
    let other = Attempt { end: End::Established(Some(ECDSA)), ..now.clone() };
    assert_eq!(became(&[left(0), other])[0].1, Became::Withdrawn);
    // Let in without a signature, it has shown nothing.
    let silent = Attempt { end: End::Established(None), ..now };
    assert_eq!(became(&[left(0), silent]), []);
    // Success with another offer does not speak for this one.
    let without = Attempt { schemes: Some(vec![PKCS1]), ..signed(0, PKCS1) };
    assert_eq!(raised(&[without, left(9_000), left(20_000)]), Some(Confidence::Possible));
}

#[test]
fn where_no_address_is_known_it_says_so() {
    let nameless = |one: Attempt| Attempt { addressed: false, ..one };
    let finding = together(&nameless(left(7_000)), &[nameless(left(0))]).raised.expect("a finding");
    assert!(finding.summary.contains("others of its kind"), "{}", finding.summary);
    let told = together(&nameless(signed(9_000, PSS)), &[nameless(left(0))]).earlier;
    assert!(told[0].why.starts_with("a client of the same kind"), "{}", told[0].why);
}

/// Two programs of one kind on one host look alike, and the one that trusts the server says nothing of the other's trust.
#[test]
fn a_success_of_the_same_kind_is_not_told_as_the_same_clients() {
    let told = together(&signed(13_000, PSS), &[left(0), left(6_000)]).earlier;
    assert!(
        told[0].why.starts_with("a client of this address and kind was let in 13.0 s later"),
        "{}",
        told[0].why
    );
    let finding = withdrawn(&told[0].why);
    assert!(!finding.summary.contains("came back"), "{}", finding.summary);
    assert!(
        finding.explanation.contains("does not trust this server's certificate"),
        "{}",
        finding.explanation
    );
}

#[test]
fn an_end_of_another_kind_says_nothing_of_these() {
    assert_eq!(raised(&[left(0), at(9_000, End::Other)]), None);
    assert_eq!(became(&[left(0), at(9_000, End::Other)]), []);
    assert_eq!(raised(&[left(0), at(9_000, End::Other), left(20_000)]), Some(Confidence::Possible));
}
