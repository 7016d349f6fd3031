//! Hellos to measure with: as browsers send them, all different.

use tlsdiag_core::wire::*;

/// A small generator of numbers that look random and are the same each time (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next() as u8).collect()
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for index in (1..items.len()).rev() {
            items.swap(index, self.below(index + 1));
        }
    }

    fn grease(&mut self) -> u16 {
        0x0a0a + 0x1010 * self.below(16) as u16
    }
}

fn vec8(bytes: &[u8]) -> Vec<u8> {
    [&[bytes.len() as u8], bytes].concat()
}

fn vec16(bytes: &[u8]) -> Vec<u8> {
    [&(bytes.len() as u16).to_be_bytes(), bytes].concat()
}

fn numbers(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

fn extension(kind: u16, body: &[u8]) -> Vec<u8> {
    [&kind.to_be_bytes()[..], &vec16(body)].concat()
}

fn handshake(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind, 0][..], &(body.len() as u16).to_be_bytes(), body].concat()
}

/// `count` distinct ClientHellos of exactly `size` bytes, with their headers.
pub(crate) fn set(size: usize, count: usize) -> Vec<Vec<u8>> {
    (0..count as u64).map(|seed| client_hello(size, seed)).collect()
}

/// A small one is a plain client's; a middling one a browser's, padded; a large one has a key of ML-KEM besides.
fn client_hello(size: usize, seed: u64) -> Vec<u8> {
    let mut random = Numbers(seed);
    let host: String = (0..8 + random.below(12)).map(|_| char::from(b'a' + random.below(26) as u8)).collect();
    let mut suites = vec![0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f];
    let mut groups = vec![29, 23, 24];
    let mut schemes = vec![0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601];
    let share = |group: u16, key: &[u8]| [&group.to_be_bytes()[..], &vec16(key)].concat();
    let mut shares = share(29, &random.bytes(32));
    let browser = size > 400;
    let hybrid = size > 1500;
    if browser {
        suites.extend([0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035]);
    }
    random.shuffle(&mut suites);
    random.shuffle(&mut groups);
    random.shuffle(&mut schemes);
    if hybrid {
        groups.insert(0, 4588);
        shares = [share(4588, &random.bytes(1216)), shares].concat();
    }
    let grease = random.grease();
    if browser {
        suites.insert(0, grease);
        groups.insert(0, grease);
        shares = [share(grease, &[0]), shares].concat();
    }
    let versions = if browser { vec![grease, 0x0304, 0x0303] } else { vec![0x0304, 0x0303] };
    let name = vec16(&[&[0][..], &vec16(format!("{host}.example").as_bytes())].concat());
    let mut extensions = vec![
        extension(0, &name),
        extension(10, &vec16(&numbers(&groups))),
        extension(11, &vec8(&[0])),
        extension(13, &vec16(&numbers(&schemes))),
        extension(16, &vec16(&[vec8(b"h2"), vec8(b"http/1.1")].concat())),
        extension(23, b""),
        extension(43, &vec8(&numbers(&versions))),
        extension(45, &vec8(&[1])),
        extension(51, &vec16(&shares)),
    ];
    if browser {
        extensions.extend([
            extension(5, &[1, 0, 0, 0, 0]),
            extension(18, b""),
            extension(27, &vec8(&numbers(&[2]))),
            extension(35, b""),
            extension(0x4469, &vec16(&vec8(b"h2"))),
            extension(0xff01, &vec8(b"")),
            extension(grease, b""),
        ]);
    }
    if hybrid {
        let ech = [&[0, 0, 1, 0, 1, 7][..], &vec16(&random.bytes(32)), &vec16(&random.bytes(144))].concat();
        extensions.push(extension(0xfe0d, &ech));
    }
    random.shuffle(&mut extensions);
    let head = [&[3, 3][..], &random.bytes(32), &vec8(&random.bytes(32)), &vec16(&numbers(&suites)), &[1, 0]]
        .concat();
    let extensions = extensions.concat();
    let used = 4 + head.len() + 2 + extensions.len() + 4;
    assert!(used <= size, "{used} bytes do not fit into {size}");
    let padding = extension(21, &vec![0; size - used]);
    let hello = handshake(1, &[head, vec16(&[extensions, padding].concat())].concat());
    assert_eq!(hello.len(), size);
    hello
}

/// A ServerHello of TLS 1.3.
pub(crate) fn server_hello() -> Vec<u8> {
    let mut random = Numbers(7);
    let share = [&[0, 29][..], &vec16(&random.bytes(32))].concat();
    let extensions = [extension(43, &[3, 4]), extension(51, &share)].concat();
    let head = [&[3, 3][..], &random.bytes(32), &vec8(&random.bytes(32)), &[0x13, 1, 0]].concat();
    handshake(2, &[head, vec16(&extensions)].concat())
}

/// The server's Certificate message of a capture.
pub(crate) fn chain(name: &str) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/wire");
    let text = std::fs::read_to_string(folder.join(format!("{name}.hex")))?;
    let line = text.lines().find_map(|line| line.strip_prefix("< handshake 0b")).ok_or("no Certificate")?;
    let digits: Vec<u8> = line.bytes().collect();
    let mut bytes = vec![0x0b];
    for pair in digits.chunks(2) {
        bytes.push(u8::from_str_radix(std::str::from_utf8(pair)?, 16)?);
    }
    Ok(bytes)
}

/// Reads every item of every list in an extension, so that nothing is left for later.
pub(crate) fn walk(extension: &Extension<'_>) -> usize {
    fn sum<T: Item>(list: List<'_, T>, number: impl Fn(T) -> usize) -> usize {
        list.iter().map(number).sum::<usize>() + 1
    }
    match *extension {
        Extension::ServerName(names) => names.iter().map(|name| name.name.len()).sum(),
        Extension::SupportedGroups(list) => sum(list, |group| group.0.into()),
        Extension::EcPointFormats(list) => sum(list, |format| format.0.into()),
        Extension::SignatureAlgorithms(list) => sum(list, |scheme| scheme.0.into()),
        Extension::Alpn(names) => names.iter().map(|name| name.0.len()).sum(),
        Extension::CompressCertificate(list) => sum(list, |algorithm| algorithm.0.into()),
        Extension::SupportedVersions(SupportedVersions::Offered(list)) => {
            sum(list, |version| version.0.into())
        }
        Extension::PskKeyExchangeModes(list) => sum(list, |mode| mode.0.into()),
        Extension::KeyShare(KeyShare::Offered(shares)) => {
            shares.iter().map(|share| share.key_exchange.len()).sum()
        }
        _ => 1,
    }
}
