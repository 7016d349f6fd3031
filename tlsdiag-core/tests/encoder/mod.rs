//! Writes what `wire` reads, so that tests can go both ways.

/// Bytes with a length of one byte in front.
pub(crate) fn vec8(bytes: &[u8]) -> Vec<u8> {
    [&[u8::try_from(bytes.len()).unwrap()], bytes].concat()
}

/// Bytes with a length of two bytes in front.
pub(crate) fn vec16(bytes: &[u8]) -> Vec<u8> {
    [&u16::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat()
}

/// Bytes with a length of three bytes in front.
pub(crate) fn vec24(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).unwrap().to_be_bytes()[1..], bytes].concat()
}

/// Numbers, big-endian.
pub(crate) fn numbers(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// One extension.
pub(crate) fn extension(kind: u16, body: &[u8]) -> Vec<u8> {
    [&kind.to_be_bytes()[..], &vec16(body)].concat()
}

/// A handshake message with its header.
pub(crate) fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind][..], &vec24(body)].concat()
}

/// A ClientHello.
pub(crate) fn client_hello(
    random: &[u8; 32],
    session: &[u8],
    suites: &[u16],
    extensions: &[Vec<u8>],
) -> Vec<u8> {
    let extensions = extensions.concat();
    let body = [&[3, 3][..], random, &vec8(session), &vec16(&numbers(suites)), &[1, 0], &vec16(&extensions)];
    message(1, &body.concat())
}

/// A body of every extension that a ClientHello can hold and that `wire` decodes.
pub(crate) fn every_extension() -> Vec<Vec<u8>> {
    let name = vec16(&[&[0][..], &vec16(b"www.example.com")].concat());
    let protocols = vec16(&[vec8(b"h2"), vec8(b"http/1.1")].concat());
    let schemes = vec16(&numbers(&[0x0403, 0x0804, 0x0905, 0x2a2a]));
    let ocsp = [&[1][..], &vec16(b""), &vec16(b"")].concat();
    let share = |group: u16, length| [&group.to_be_bytes()[..], &vec16(&vec![7; length])].concat();
    let identity = [&vec16(&[5; 192])[..], &[0, 1, 2, 3]].concat();
    let psk = [vec16(&identity), vec16(&vec8(&[6; 32]))].concat();
    let distinguished_name = [0x30, 0x0d, 0x31, 0x0b, 0x30, 0x09, 6, 3, 0x55, 4, 3, 0x0c, 2, b'C', b'A'];
    let filter = [vec8(&[6, 3, 0x55, 0x1d, 0x25]), vec16(&[0x30, 0])].concat();
    let ech = [&[0, 0, 1, 0, 1, 9][..], &vec16(&[1; 32]), &vec16(&[2; 144])].concat();
    vec![
        extension(0x0a0a, b""),
        extension(0, &name),
        extension(1, &[2]),
        extension(4, b""),
        extension(5, &ocsp),
        extension(10, &vec16(&numbers(&[0x3a3a, 4588, 29, 23, 24]))),
        extension(11, &vec8(&[0, 1, 2])),
        extension(13, &schemes),
        extension(14, &[&vec16(&numbers(&[1, 7]))[..], &vec8(b"")].concat()),
        extension(15, &[1]),
        extension(16, &protocols),
        extension(17, &vec16(&[&[2][..], &vec16(&[0, 0, 0, 0])].concat())),
        extension(18, b""),
        extension(19, &vec8(&[2, 0])),
        extension(20, &vec8(&[0, 2])),
        extension(21, &[0; 33]),
        extension(22, b""),
        extension(23, b""),
        extension(24, &[1, 0, 2, 1, 2]),
        extension(27, &vec8(&numbers(&[2, 1, 3]))),
        extension(28, &0x4001_u16.to_be_bytes()),
        extension(34, &schemes),
        extension(35, &[9; 64]),
        extension(42, b""),
        extension(43, &vec8(&numbers(&[0x4a4a, 0x0304, 0x0303]))),
        extension(44, &vec16(b"cookie")),
        extension(45, &vec8(&[1])),
        extension(47, &vec16(&vec16(&distinguished_name))),
        extension(48, &vec16(&filter)),
        extension(49, b""),
        extension(50, &schemes),
        extension(51, &vec16(&[share(4588, 1216), share(29, 32)].concat())),
        extension(54, &vec8(&[1, 2, 3])),
        extension(57, &[&[1, 4, 0x80, 0, 0x75, 0x30, 0x71, 0x29, 2][..], b"me"].concat()),
        extension(58, &[2, 1]),
        extension(2, b""),
        extension(3, &vec16(&[&[0, 1][..], &[7; 20], &[2], &vec16(&distinguished_name)].concat())),
        extension(6, &vec8(&[64])),
        extension(7, &vec8(&[0, 1])),
        extension(8, &vec8(&[2])),
        extension(9, &vec8(&[0, 1])),
        extension(12, &vec8(b"alice")),
        extension(25, &vec16(&[&[1][..], &vec8(&[3; 32])].concat())),
        extension(29, &vec8(&[4; 64])),
        extension(30, &vec8(b"alice")),
        extension(31, &vec16(&[5; 16])),
        extension(32, &vec16(&[6; 32])),
        extension(33, b""),
        extension(39, &vec8(&[1, 2])),
        extension(52, b""),
        extension(55, &vec8(&[7; 32])),
        extension(56, &vec8(&[8; 20])),
        extension(59, &[1, 0xbb]),
        extension(61, b""),
        extension(62, &vec8(&[0, 2])),
        extension(0xca34, &vec16(&vec8(&[0x82, 0x37, 1]))),
        extension(0x3374, b""),
        extension(0x44cd, &vec16(&vec8(b"h2"))),
        extension(0x7550, b""),
        extension(0xfd00, &vec8(&numbers(&[10, 51]))),
        extension(0xfe0d, &ech),
        extension(0xff01, &vec8(b"")),
        extension(41, &psk),
    ]
}
