//! What a CA's name says of it, where nothing better is known: whether two belong to one PKI, and whether it is a root, an intermediate or
//! somebody else's.

/// Whether two names seem to belong to one PKI: the same organisation, or (where either has none) a telling word of the
/// common name in common.
pub(super) fn related(a: &str, b: &str) -> bool {
    match (attribute(a, "O="), attribute(b, "O=")) {
        (Some(a), Some(b)) => a == b,
        _ => {
            let (Some(a), Some(b)) = (attribute(a, "CN="), attribute(b, "CN=")) else { return false };
            telling_words(a).any(|word| telling_words(b).any(|other| word.eq_ignore_ascii_case(other)))
        }
    }
}

/// Whether two names are the same but for numbers: two generations of one CA.
pub(super) fn differ_by_number(a: &str, b: &str) -> bool {
    let without = |name: &str| name.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    a != b && without(a) == without(b)
}

fn attribute<'a>(name: &'a str, key: &str) -> Option<&'a str> {
    name.split(',').find_map(|part| part.trim_start().strip_prefix(key))
}

/// Words of a CA's name that are not in every CA's name.
fn telling_words(common_name: &str) -> impl Iterator<Item = &str> {
    const COMMON: &[&str] = &[
        "ca",
        "root",
        "intermediate",
        "issuing",
        "subordinate",
        "sub",
        "authority",
        "certificate",
        "certification",
        "the",
        "of",
        "and",
        "rsa",
        "ecc",
        "ec",
        "tls",
        "ssl",
        "server",
        "client",
        "global",
        "class",
    ];
    common_name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.len() > 1 && !word.chars().all(|c| c.is_ascii_digit()))
        .filter(|word| !COMMON.iter().any(|common| common.eq_ignore_ascii_case(word)))
}

pub(super) fn names_a_root(name: &str) -> bool {
    attribute(name, "CN=").is_some_and(|name| name.to_ascii_lowercase().contains("root"))
}

/// Whether somebody named the CA for being no kin, as those do who try out what happens.
pub(super) fn names_a_stranger(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "another",
        "different",
        "evil",
        "fake",
        "foreign",
        "impostor",
        "other",
        "rogue",
        "stranger",
        "unknown",
        "unrelated",
        "untrusted",
        "wrong",
    ];
    says(name, WORDS)
}

pub(super) fn names_an_intermediate(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "ica",
        "int",
        "inter",
        "intermediate",
        "intermediary",
        "issuing",
        "signing",
        "sub",
        "subca",
        "subordinate",
    ];
    says(name, WORDS)
}

/// Whether the common name has one of these words, with or without a number behind it.
fn says(name: &str, words: &[&str]) -> bool {
    attribute(name, "CN=").is_some_and(|name| {
        let mut said = name.split(|c: char| !c.is_alphanumeric());
        said.any(|word| {
            let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
            words.iter().any(|known| known.eq_ignore_ascii_case(word))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_pki_are_related() {
        assert!(related("CN=Demo Root CA,O=Demo", "CN=Issuing CA 2,O=Demo"));
        assert!(!related("CN=Demo Root CA,O=Demo", "CN=Demo Root CA,O=Somebody Else"));
        assert!(related("CN=Acme Root CA", "CN=Acme Issuing CA"));
        assert!(!related("CN=Acme Root CA", "CN=Other Root CA"));
        assert!(!related("CN=Root CA 1", "CN=Issuing CA 1"));
        assert!(differ_by_number("CN=Acme CA 2019,O=Acme", "CN=Acme CA 2024,O=Acme"));
        assert!(!differ_by_number("CN=Acme CA,O=Acme", "CN=Acme Issuing CA,O=Acme"));
    }

    #[test]
    fn a_word_of_the_name_tells_what_a_ca_is() {
        for name in ["CN=Sub CA 1", "CN=Acme ICA2,O=Acme", "CN=issuing-ca", "CN=Intermediate"] {
            assert!(names_an_intermediate(name), "{name}");
        }
        assert!(!names_an_intermediate("CN=Interior Ministry"));
        assert!(names_a_stranger("CN=Other CA,O=Acme"));
        assert!(!names_a_stranger("CN=Mother of all CAs"));
    }
}
