//! A handshake to be: the certificates, what is sent of them, and how the other side verifies.

use openssl::x509::verify::X509VerifyFlags;

use crate::paper::{List, Paper};

/// Whose certificate is the matter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Holder {
    Server,
    Client,
}

/// Whom the verifier trusts.
#[derive(Clone, Copy)]
pub(crate) enum Trust {
    /// The certificate at this place, from the root down.
    Place(usize),
    /// The root, which a trust setting of the verifier's refuses for the purpose in question.
    RootRefused,
    Stranger,
    /// The root and the stranger.
    Both,
    Nobody,
}

/// What is sent besides.
#[derive(Clone, Copy)]
pub(crate) enum Extra {
    Stranger,
    CrossSignedRoot,
    OtherRoot,
    /// Another CA of the issuing one's name, of the stranger's.
    OtherIssuing,
}

/// The default is in order by the strictest rules: root, issuing CA, leaf, of which the first is trusted and the others are sent.
pub(crate) struct Scene {
    pub(crate) holder: Holder,
    /// From the root down to the leaf.
    pub(crate) papers: Vec<Paper>,
    /// Places of the certificates that go with the leaf; `None` is all CAs but the root, nearest first.
    pub(crate) sent: Option<Vec<usize>>,
    pub(crate) extra: Vec<Extra>,
    pub(crate) trusts: Trust,
    pub(crate) lists: Vec<List>,
    pub(crate) flags: X509VerifyFlags,
    pub(crate) depth: Option<u32>,
    /// The name that the client asks for.
    pub(crate) asked: &'static str,
    /// The e-mail address that the verifier asks for.
    pub(crate) email: Option<&'static str>,
}

impl Scene {
    pub(crate) fn new(holder: Holder) -> Self {
        Scene {
            holder,
            papers: vec![
                Paper::authority("CN=Limbo Root CA,O=Limbo"),
                Paper::authority("CN=Limbo Issuing CA,O=Limbo"),
                Paper::leaf(Scene::purpose(holder)),
            ],
            sent: None,
            extra: Vec::new(),
            trusts: Trust::Place(0),
            lists: Vec::new(),
            flags: X509VerifyFlags::empty(),
            depth: None,
            asked: "localhost",
            email: None,
        }
    }

    pub(crate) fn purpose(holder: Holder) -> &'static str {
        match holder {
            Holder::Server => "serverAuth",
            Holder::Client => "clientAuth",
        }
    }

    /// The extendedKeyUsage of the other side's certificates.
    pub(crate) fn other_purpose(&self) -> &'static str {
        match self.holder {
            Holder::Server => Scene::purpose(Holder::Client),
            Holder::Client => Scene::purpose(Holder::Server),
        }
    }

    pub(crate) fn root(&mut self) -> &mut Paper {
        &mut self.papers[0]
    }

    pub(crate) fn issuing(&mut self) -> &mut Paper {
        &mut self.papers[1]
    }

    pub(crate) fn leaf(&mut self) -> &mut Paper {
        self.papers.last_mut().expect("a leaf")
    }

    /// One more CA between the issuing one and the leaf.
    pub(crate) fn longer(&mut self) {
        let leaf = self.papers.len() - 1;
        self.papers.insert(leaf, Paper::authority("CN=Limbo Department CA,O=Limbo"));
    }

    /// The leaf is the root's.
    pub(crate) fn shorter(&mut self) {
        self.papers.remove(1);
    }

    /// The leaf is the root's, and has its name.
    pub(crate) fn named_like_the_root(&mut self) {
        self.shorter();
        let name = self.root().subject;
        self.leaf().subject = name;
    }

    /// The leaf's holder has made a proxy certificate of it, and shows that one.
    pub(crate) fn proxied(&mut self, information: &str) {
        self.flags |= X509VerifyFlags::ALLOW_PROXY_CERTS;
        let proxy = Paper::proxy("CN=localhost,O=Limbo,CN=proxy", Scene::purpose(self.holder), information);
        self.papers.push(proxy);
    }

    /// The verifier looks the leaf up in these lists.
    pub(crate) fn looks_up(&mut self, lists: impl IntoIterator<Item = List>) {
        self.flags |= X509VerifyFlags::CRL_CHECK;
        self.lists.extend(lists);
    }

    /// The verifier is strict, as Python is since 3.13.
    pub(crate) fn strict(&mut self) {
        self.flags |= X509VerifyFlags::X509_STRICT | X509VerifyFlags::PARTIAL_CHAIN;
    }
}
