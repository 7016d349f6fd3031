//! Generated from `names/iana.txt` by `cargo run -p xtask -- names`; change that file, not this one.

use super::code_points::*;

impl ContentType {
    /// `change_cipher_spec`, 0x14.
    pub const CHANGE_CIPHER_SPEC: Self = Self(0x14);
    /// `alert`, 0x15.
    pub const ALERT: Self = Self(0x15);
    /// `handshake`, 0x16.
    pub const HANDSHAKE: Self = Self(0x16);
    /// `application_data`, 0x17.
    pub const APPLICATION_DATA: Self = Self(0x17);
    /// `heartbeat`, 0x18.
    pub const HEARTBEAT: Self = Self(0x18);
    /// `tls12_cid`, 0x19.
    pub const TLS12_CID: Self = Self(0x19);
    /// `ack`, 0x1a.
    pub const ACK: Self = Self(0x1a);

    /// The name in IANA's registry (or, where IANA gives none, the usual one); `None` for a number that we
    /// do not know.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x14 => "change_cipher_spec",
            0x15 => "alert",
            0x16 => "handshake",
            0x17 => "application_data",
            0x18 => "heartbeat",
            0x19 => "tls12_cid",
            0x1a => "ack",
            _ => return None,
        })
    }
}

impl HandshakeType {
    /// `hello_request`, 0x00.
    pub const HELLO_REQUEST: Self = Self(0x00);
    /// `client_hello`, 0x01.
    pub const CLIENT_HELLO: Self = Self(0x01);
    /// `server_hello`, 0x02.
    pub const SERVER_HELLO: Self = Self(0x02);
    /// `hello_verify_request`, 0x03.
    pub const HELLO_VERIFY_REQUEST: Self = Self(0x03);
    /// `new_session_ticket`, 0x04.
    pub const NEW_SESSION_TICKET: Self = Self(0x04);
    /// `end_of_early_data`, 0x05.
    pub const END_OF_EARLY_DATA: Self = Self(0x05);
    /// `hello_retry_request`, 0x06.
    pub const HELLO_RETRY_REQUEST: Self = Self(0x06);
    /// `encrypted_extensions`, 0x08.
    pub const ENCRYPTED_EXTENSIONS: Self = Self(0x08);
    /// `request_connection_id`, 0x09.
    pub const REQUEST_CONNECTION_ID: Self = Self(0x09);
    /// `new_connection_id`, 0x0a.
    pub const NEW_CONNECTION_ID: Self = Self(0x0a);
    /// `certificate`, 0x0b.
    pub const CERTIFICATE: Self = Self(0x0b);
    /// `server_key_exchange`, 0x0c.
    pub const SERVER_KEY_EXCHANGE: Self = Self(0x0c);
    /// `certificate_request`, 0x0d.
    pub const CERTIFICATE_REQUEST: Self = Self(0x0d);
    /// `server_hello_done`, 0x0e.
    pub const SERVER_HELLO_DONE: Self = Self(0x0e);
    /// `certificate_verify`, 0x0f.
    pub const CERTIFICATE_VERIFY: Self = Self(0x0f);
    /// `client_key_exchange`, 0x10.
    pub const CLIENT_KEY_EXCHANGE: Self = Self(0x10);
    /// `client_certificate_request`, 0x11.
    pub const CLIENT_CERTIFICATE_REQUEST: Self = Self(0x11);
    /// `finished`, 0x14.
    pub const FINISHED: Self = Self(0x14);
    /// `certificate_url`, 0x15.
    pub const CERTIFICATE_URL: Self = Self(0x15);
    /// `certificate_status`, 0x16.
    pub const CERTIFICATE_STATUS: Self = Self(0x16);
    /// `supplemental_data`, 0x17.
    pub const SUPPLEMENTAL_DATA: Self = Self(0x17);
    /// `key_update`, 0x18.
    pub const KEY_UPDATE: Self = Self(0x18);
    /// `compressed_certificate`, 0x19.
    pub const COMPRESSED_CERTIFICATE: Self = Self(0x19);
    /// `ekt_key`, 0x1a.
    pub const EKT_KEY: Self = Self(0x1a);
    /// `next_protocol`, 0x43.
    pub const NEXT_PROTOCOL: Self = Self(0x43);
    /// `encrypted_extensions_old`, 0xcb.
    pub const CHANNEL_ID: Self = Self(0xcb);
    /// `message_hash`, 0xfe.
    pub const MESSAGE_HASH: Self = Self(0xfe);

    /// The name in IANA's registry (or, where IANA gives none, the usual one); `None` for a number that we
    /// do not know.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x00 => "hello_request",
            0x01 => "client_hello",
            0x02 => "server_hello",
            0x03 => "hello_verify_request",
            0x04 => "new_session_ticket",
            0x05 => "end_of_early_data",
            0x06 => "hello_retry_request",
            0x08 => "encrypted_extensions",
            0x09 => "request_connection_id",
            0x0a => "new_connection_id",
            0x0b => "certificate",
            0x0c => "server_key_exchange",
            0x0d => "certificate_request",
            0x0e => "server_hello_done",
            0x0f => "certificate_verify",
            0x10 => "client_key_exchange",
            0x11 => "client_certificate_request",
            0x14 => "finished",
            0x15 => "certificate_url",
            0x16 => "certificate_status",
            0x17 => "supplemental_data",
            0x18 => "key_update",
            0x19 => "compressed_certificate",
            0x1a => "ekt_key",
            0x43 => "next_protocol",
            0xcb => "encrypted_extensions_old",
            0xfe => "message_hash",
            _ => return None,
        })
    }
}

impl ProtocolVersion {
    /// `SSLv2`, 0x0002.
    pub const SSL2: Self = Self(0x0002);
    /// `DTLSv0.9`, 0x0100.
    pub const DTLS0_9: Self = Self(0x0100);
    /// `SSLv3`, 0x0300.
    pub const SSL3: Self = Self(0x0300);
    /// `TLSv1.0`, 0x0301.
    pub const TLS1_0: Self = Self(0x0301);
    /// `TLSv1.1`, 0x0302.
    pub const TLS1_1: Self = Self(0x0302);
    /// `TLSv1.2`, 0x0303.
    pub const TLS1_2: Self = Self(0x0303);
    /// `TLSv1.3`, 0x0304.
    pub const TLS1_3: Self = Self(0x0304);
    /// `TLSv1.3-draft18`, 0x7f12.
    pub const TLSV1_3_DRAFT18: Self = Self(0x7f12);
    /// `TLSv1.3-draft19`, 0x7f13.
    pub const TLSV1_3_DRAFT19: Self = Self(0x7f13);
    /// `TLSv1.3-draft20`, 0x7f14.
    pub const TLSV1_3_DRAFT20: Self = Self(0x7f14);
    /// `TLSv1.3-draft21`, 0x7f15.
    pub const TLSV1_3_DRAFT21: Self = Self(0x7f15);
    /// `TLSv1.3-draft22`, 0x7f16.
    pub const TLSV1_3_DRAFT22: Self = Self(0x7f16);
    /// `TLSv1.3-draft23`, 0x7f17.
    pub const TLSV1_3_DRAFT23: Self = Self(0x7f17);
    /// `TLSv1.3-draft24`, 0x7f18.
    pub const TLSV1_3_DRAFT24: Self = Self(0x7f18);
    /// `TLSv1.3-draft25`, 0x7f19.
    pub const TLSV1_3_DRAFT25: Self = Self(0x7f19);
    /// `TLSv1.3-draft26`, 0x7f1a.
    pub const TLSV1_3_DRAFT26: Self = Self(0x7f1a);
    /// `TLSv1.3-draft27`, 0x7f1b.
    pub const TLSV1_3_DRAFT27: Self = Self(0x7f1b);
    /// `TLSv1.3-draft28`, 0x7f1c.
    pub const TLSV1_3_DRAFT28: Self = Self(0x7f1c);
    /// `DTLSv1.3`, 0xfefc.
    pub const DTLS1_3: Self = Self(0xfefc);
    /// `DTLSv1.2`, 0xfefd.
    pub const DTLS1_2: Self = Self(0xfefd);
    /// `DTLSv1.0`, 0xfeff.
    pub const DTLS1_0: Self = Self(0xfeff);

    /// The name in IANA's registry (or, where IANA gives none, the usual one); `None` for a number that we
    /// do not know.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x0002 => "SSLv2",
            0x0100 => "DTLSv0.9",
            0x0300 => "SSLv3",
            0x0301 => "TLSv1.0",
            0x0302 => "TLSv1.1",
            0x0303 => "TLSv1.2",
            0x0304 => "TLSv1.3",
            0x7f12 => "TLSv1.3-draft18",
            0x7f13 => "TLSv1.3-draft19",
            0x7f14 => "TLSv1.3-draft20",
            0x7f15 => "TLSv1.3-draft21",
            0x7f16 => "TLSv1.3-draft22",
            0x7f17 => "TLSv1.3-draft23",
            0x7f18 => "TLSv1.3-draft24",
            0x7f19 => "TLSv1.3-draft25",
            0x7f1a => "TLSv1.3-draft26",
            0x7f1b => "TLSv1.3-draft27",
            0x7f1c => "TLSv1.3-draft28",
            0xfefc => "DTLSv1.3",
            0xfefd => "DTLSv1.2",
            0xfeff => "DTLSv1.0",
            _ => return None,
        })
    }
}

impl NamedGroup {
    /// `sect163k1`, 0x0001.
    pub const SECT163K1: Self = Self(0x0001);
    /// `sect163r1`, 0x0002.
    pub const SECT163R1: Self = Self(0x0002);
    /// `sect163r2`, 0x0003.
    pub const SECT163R2: Self = Self(0x0003);
    /// `sect193r1`, 0x0004.
    pub const SECT193R1: Self = Self(0x0004);
    /// `sect193r2`, 0x0005.
    pub const SECT193R2: Self = Self(0x0005);
    /// `sect233k1`, 0x0006.
    pub const SECT233K1: Self = Self(0x0006);
    /// `sect233r1`, 0x0007.
    pub const SECT233R1: Self = Self(0x0007);
    /// `sect239k1`, 0x0008.
    pub const SECT239K1: Self = Self(0x0008);
    /// `sect283k1`, 0x0009.
    pub const SECT283K1: Self = Self(0x0009);
    /// `sect283r1`, 0x000a.
    pub const SECT283R1: Self = Self(0x000a);
    /// `sect409k1`, 0x000b.
    pub const SECT409K1: Self = Self(0x000b);
    /// `sect409r1`, 0x000c.
    pub const SECT409R1: Self = Self(0x000c);
    /// `sect571k1`, 0x000d.
    pub const SECT571K1: Self = Self(0x000d);
    /// `sect571r1`, 0x000e.
    pub const SECT571R1: Self = Self(0x000e);
    /// `secp160k1`, 0x000f.
    pub const SECP160K1: Self = Self(0x000f);
    /// `secp160r1`, 0x0010.
    pub const SECP160R1: Self = Self(0x0010);
    /// `secp160r2`, 0x0011.
    pub const SECP160R2: Self = Self(0x0011);
    /// `secp192k1`, 0x0012.
    pub const SECP192K1: Self = Self(0x0012);
    /// `secp192r1`, 0x0013.
    pub const SECP192R1: Self = Self(0x0013);
    /// `secp224k1`, 0x0014.
    pub const SECP224K1: Self = Self(0x0014);
    /// `secp224r1`, 0x0015.
    pub const SECP224R1: Self = Self(0x0015);
    /// `secp256k1`, 0x0016.
    pub const SECP256K1: Self = Self(0x0016);
    /// `secp256r1`, 0x0017.
    pub const SECP256R1: Self = Self(0x0017);
    /// `secp384r1`, 0x0018.
    pub const SECP384R1: Self = Self(0x0018);
    /// `secp521r1`, 0x0019.
    pub const SECP521R1: Self = Self(0x0019);
    /// `brainpoolP256r1`, 0x001a.
    pub const BRAINPOOLP256R1: Self = Self(0x001a);
    /// `brainpoolP384r1`, 0x001b.
    pub const BRAINPOOLP384R1: Self = Self(0x001b);
    /// `brainpoolP512r1`, 0x001c.
    pub const BRAINPOOLP512R1: Self = Self(0x001c);
    /// `x25519`, 0x001d.
    pub const X25519: Self = Self(0x001d);
    /// `x448`, 0x001e.
    pub const X448: Self = Self(0x001e);
    /// `brainpoolP256r1tls13`, 0x001f.
    pub const BRAINPOOLP256R1TLS13: Self = Self(0x001f);
    /// `brainpoolP384r1tls13`, 0x0020.
    pub const BRAINPOOLP384R1TLS13: Self = Self(0x0020);
    /// `brainpoolP512r1tls13`, 0x0021.
    pub const BRAINPOOLP512R1TLS13: Self = Self(0x0021);
    /// `GC256A`, 0x0022.
    pub const GC256A: Self = Self(0x0022);
    /// `GC256B`, 0x0023.
    pub const GC256B: Self = Self(0x0023);
    /// `GC256C`, 0x0024.
    pub const GC256C: Self = Self(0x0024);
    /// `GC256D`, 0x0025.
    pub const GC256D: Self = Self(0x0025);
    /// `GC512A`, 0x0026.
    pub const GC512A: Self = Self(0x0026);
    /// `GC512B`, 0x0027.
    pub const GC512B: Self = Self(0x0027);
    /// `GC512C`, 0x0028.
    pub const GC512C: Self = Self(0x0028);
    /// `curveSM2`, 0x0029.
    pub const CURVESM2: Self = Self(0x0029);
    /// `ffdhe2048`, 0x0100.
    pub const FFDHE2048: Self = Self(0x0100);
    /// `ffdhe3072`, 0x0101.
    pub const FFDHE3072: Self = Self(0x0101);
    /// `ffdhe4096`, 0x0102.
    pub const FFDHE4096: Self = Self(0x0102);
    /// `ffdhe6144`, 0x0103.
    pub const FFDHE6144: Self = Self(0x0103);
    /// `ffdhe8192`, 0x0104.
    pub const FFDHE8192: Self = Self(0x0104);
    /// `MLKEM512`, 0x0200.
    pub const MLKEM512: Self = Self(0x0200);
    /// `MLKEM768`, 0x0201.
    pub const MLKEM768: Self = Self(0x0201);
    /// `MLKEM1024`, 0x0202.
    pub const MLKEM1024: Self = Self(0x0202);
    /// `SecP256r1MLKEM768`, 0x11eb.
    pub const SECP256R1MLKEM768: Self = Self(0x11eb);
    /// `X25519MLKEM768`, 0x11ec.
    pub const X25519MLKEM768: Self = Self(0x11ec);
    /// `SecP384r1MLKEM1024`, 0x11ed.
    pub const SECP384R1MLKEM1024: Self = Self(0x11ed);
    /// `curveSM2MLKEM768`, 0x11ee.
    pub const CURVESM2MLKEM768: Self = Self(0x11ee);
    /// `X25519Kyber768Draft00`, 0x6399.
    pub const X25519KYBER768DRAFT00: Self = Self(0x6399);
    /// `SecP256r1Kyber768Draft00`, 0x639a.
    pub const SECP256R1KYBER768DRAFT00: Self = Self(0x639a);
    /// `arbitrary_explicit_prime_curves`, 0xff01.
    pub const ARBITRARY_EXPLICIT_PRIME_CURVES: Self = Self(0xff01);
    /// `arbitrary_explicit_char2_curves`, 0xff02.
    pub const ARBITRARY_EXPLICIT_CHAR2_CURVES: Self = Self(0xff02);

    /// The name in IANA's registry (or, where IANA gives none, the usual one); `None` for a number that we
    /// do not know.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x0001 => "sect163k1",
            0x0002 => "sect163r1",
            0x0003 => "sect163r2",
            0x0004 => "sect193r1",
            0x0005 => "sect193r2",
            0x0006 => "sect233k1",
            0x0007 => "sect233r1",
            0x0008 => "sect239k1",
            0x0009 => "sect283k1",
            0x000a => "sect283r1",
            0x000b => "sect409k1",
            0x000c => "sect409r1",
            0x000d => "sect571k1",
            0x000e => "sect571r1",
            0x000f => "secp160k1",
            0x0010 => "secp160r1",
            0x0011 => "secp160r2",
            0x0012 => "secp192k1",
            0x0013 => "secp192r1",
            0x0014 => "secp224k1",
            0x0015 => "secp224r1",
            0x0016 => "secp256k1",
            0x0017 => "secp256r1",
            0x0018 => "secp384r1",
            0x0019 => "secp521r1",
            0x001a => "brainpoolP256r1",
            0x001b => "brainpoolP384r1",
            0x001c => "brainpoolP512r1",
            0x001d => "x25519",
            0x001e => "x448",
            0x001f => "brainpoolP256r1tls13",
            0x0020 => "brainpoolP384r1tls13",
            0x0021 => "brainpoolP512r1tls13",
            0x0022 => "GC256A",
            0x0023 => "GC256B",
            0x0024 => "GC256C",
            0x0025 => "GC256D",
            0x0026 => "GC512A",
            0x0027 => "GC512B",
            0x0028 => "GC512C",
            0x0029 => "curveSM2",
            0x0100 => "ffdhe2048",
            0x0101 => "ffdhe3072",
            0x0102 => "ffdhe4096",
            0x0103 => "ffdhe6144",
            0x0104 => "ffdhe8192",
            0x0200 => "MLKEM512",
            0x0201 => "MLKEM768",
            0x0202 => "MLKEM1024",
            0x11eb => "SecP256r1MLKEM768",
            0x11ec => "X25519MLKEM768",
            0x11ed => "SecP384r1MLKEM1024",
            0x11ee => "curveSM2MLKEM768",
            0x6399 => "X25519Kyber768Draft00",
            0x639a => "SecP256r1Kyber768Draft00",
            0xff01 => "arbitrary_explicit_prime_curves",
            0xff02 => "arbitrary_explicit_char2_curves",
            _ => return None,
        })
    }
}

impl SignatureScheme {
    /// `rsa_pkcs1_md5`, 0x0101.
    pub const RSA_PKCS1_MD5: Self = Self(0x0101);
    /// `rsa_pkcs1_sha1`, 0x0201.
    pub const RSA_PKCS1_SHA1: Self = Self(0x0201);
    /// `dsa_sha1`, 0x0202.
    pub const DSA_SHA1: Self = Self(0x0202);
    /// `ecdsa_sha1`, 0x0203.
    pub const ECDSA_SHA1: Self = Self(0x0203);
    /// `rsa_pkcs1_sha224`, 0x0301.
    pub const RSA_PKCS1_SHA224: Self = Self(0x0301);
    /// `dsa_sha224`, 0x0302.
    pub const DSA_SHA224: Self = Self(0x0302);
    /// `ecdsa_sha224`, 0x0303.
    pub const ECDSA_SHA224: Self = Self(0x0303);
    /// `rsa_pkcs1_sha256`, 0x0401.
    pub const RSA_PKCS1_SHA256: Self = Self(0x0401);
    /// `dsa_sha256`, 0x0402.
    pub const DSA_SHA256: Self = Self(0x0402);
    /// `ecdsa_secp256r1_sha256`, 0x0403.
    pub const ECDSA_SECP256R1_SHA256: Self = Self(0x0403);
    /// `rsa_pkcs1_sha256_legacy`, 0x0420.
    pub const RSA_PKCS1_SHA256_LEGACY: Self = Self(0x0420);
    /// `rsa_pkcs1_sha384`, 0x0501.
    pub const RSA_PKCS1_SHA384: Self = Self(0x0501);
    /// `dsa_sha384`, 0x0502.
    pub const DSA_SHA384: Self = Self(0x0502);
    /// `ecdsa_secp384r1_sha384`, 0x0503.
    pub const ECDSA_SECP384R1_SHA384: Self = Self(0x0503);
    /// `rsa_pkcs1_sha384_legacy`, 0x0520.
    pub const RSA_PKCS1_SHA384_LEGACY: Self = Self(0x0520);
    /// `rsa_pkcs1_sha512`, 0x0601.
    pub const RSA_PKCS1_SHA512: Self = Self(0x0601);
    /// `dsa_sha512`, 0x0602.
    pub const DSA_SHA512: Self = Self(0x0602);
    /// `ecdsa_secp521r1_sha512`, 0x0603.
    pub const ECDSA_SECP521R1_SHA512: Self = Self(0x0603);
    /// `rsa_pkcs1_sha512_legacy`, 0x0620.
    pub const RSA_PKCS1_SHA512_LEGACY: Self = Self(0x0620);
    /// `eccsi_sha256`, 0x0704.
    pub const ECCSI_SHA256: Self = Self(0x0704);
    /// `iso_ibs1`, 0x0705.
    pub const ISO_IBS1: Self = Self(0x0705);
    /// `iso_ibs2`, 0x0706.
    pub const ISO_IBS2: Self = Self(0x0706);
    /// `iso_chinese_ibs`, 0x0707.
    pub const ISO_CHINESE_IBS: Self = Self(0x0707);
    /// `sm2sig_sm3`, 0x0708.
    pub const SM2SIG_SM3: Self = Self(0x0708);
    /// `gostr34102012_256a`, 0x0709.
    pub const GOSTR34102012_256A: Self = Self(0x0709);
    /// `gostr34102012_256b`, 0x070a.
    pub const GOSTR34102012_256B: Self = Self(0x070a);
    /// `gostr34102012_256c`, 0x070b.
    pub const GOSTR34102012_256C: Self = Self(0x070b);
    /// `gostr34102012_256d`, 0x070c.
    pub const GOSTR34102012_256D: Self = Self(0x070c);
    /// `gostr34102012_512a`, 0x070d.
    pub const GOSTR34102012_512A: Self = Self(0x070d);
    /// `gostr34102012_512b`, 0x070e.
    pub const GOSTR34102012_512B: Self = Self(0x070e);
    /// `gostr34102012_512c`, 0x070f.
    pub const GOSTR34102012_512C: Self = Self(0x070f);
    /// `rsa_pss_rsae_sha256`, 0x0804.
    pub const RSA_PSS_RSAE_SHA256: Self = Self(0x0804);
    /// `rsa_pss_rsae_sha384`, 0x0805.
    pub const RSA_PSS_RSAE_SHA384: Self = Self(0x0805);
    /// `rsa_pss_rsae_sha512`, 0x0806.
    pub const RSA_PSS_RSAE_SHA512: Self = Self(0x0806);
    /// `ed25519`, 0x0807.
    pub const ED25519: Self = Self(0x0807);
    /// `ed448`, 0x0808.
    pub const ED448: Self = Self(0x0808);
    /// `rsa_pss_pss_sha256`, 0x0809.
    pub const RSA_PSS_PSS_SHA256: Self = Self(0x0809);
    /// `rsa_pss_pss_sha384`, 0x080a.
    pub const RSA_PSS_PSS_SHA384: Self = Self(0x080a);
    /// `rsa_pss_pss_sha512`, 0x080b.
    pub const RSA_PSS_PSS_SHA512: Self = Self(0x080b);
    /// `ecdsa_brainpoolP256r1tls13_sha256`, 0x081a.
    pub const ECDSA_BRAINPOOLP256R1TLS13_SHA256: Self = Self(0x081a);
    /// `ecdsa_brainpoolP384r1tls13_sha384`, 0x081b.
    pub const ECDSA_BRAINPOOLP384R1TLS13_SHA384: Self = Self(0x081b);
    /// `ecdsa_brainpoolP512r1tls13_sha512`, 0x081c.
    pub const ECDSA_BRAINPOOLP512R1TLS13_SHA512: Self = Self(0x081c);
    /// `mldsa44`, 0x0904.
    pub const MLDSA44: Self = Self(0x0904);
    /// `mldsa65`, 0x0905.
    pub const MLDSA65: Self = Self(0x0905);
    /// `mldsa87`, 0x0906.
    pub const MLDSA87: Self = Self(0x0906);
    /// `slhdsa_sha2_128s`, 0x0911.
    pub const SLHDSA_SHA2_128S: Self = Self(0x0911);
    /// `slhdsa_sha2_128f`, 0x0912.
    pub const SLHDSA_SHA2_128F: Self = Self(0x0912);
    /// `slhdsa_sha2_192s`, 0x0913.
    pub const SLHDSA_SHA2_192S: Self = Self(0x0913);
    /// `slhdsa_sha2_192f`, 0x0914.
    pub const SLHDSA_SHA2_192F: Self = Self(0x0914);
    /// `slhdsa_sha2_256s`, 0x0915.
    pub const SLHDSA_SHA2_256S: Self = Self(0x0915);
    /// `slhdsa_sha2_256f`, 0x0916.
    pub const SLHDSA_SHA2_256F: Self = Self(0x0916);
    /// `slhdsa_shake_128s`, 0x0917.
    pub const SLHDSA_SHAKE_128S: Self = Self(0x0917);
    /// `slhdsa_shake_128f`, 0x0918.
    pub const SLHDSA_SHAKE_128F: Self = Self(0x0918);
    /// `slhdsa_shake_192s`, 0x0919.
    pub const SLHDSA_SHAKE_192S: Self = Self(0x0919);
    /// `slhdsa_shake_192f`, 0x091a.
    pub const SLHDSA_SHAKE_192F: Self = Self(0x091a);
    /// `slhdsa_shake_256s`, 0x091b.
    pub const SLHDSA_SHAKE_256S: Self = Self(0x091b);
    /// `slhdsa_shake_256f`, 0x091c.
    pub const SLHDSA_SHAKE_256F: Self = Self(0x091c);
    /// `gostr34102012_256_gostr34112012_256`, 0xeded.
    pub const GOSTR34102012_256_GOSTR34112012_256: Self = Self(0xeded);
    /// `gostr34102012_512_gostr34112012_512`, 0xeeee.
    pub const GOSTR34102012_512_GOSTR34112012_512: Self = Self(0xeeee);
    /// `gostr34102001_gostr3411`, 0xefef.
    pub const GOSTR34102001_GOSTR3411: Self = Self(0xefef);

    /// The name in IANA's registry (or, where IANA gives none, the usual one); `None` for a number that we
    /// do not know.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x0101 => "rsa_pkcs1_md5",
            0x0201 => "rsa_pkcs1_sha1",
            0x0202 => "dsa_sha1",
            0x0203 => "ecdsa_sha1",
            0x0301 => "rsa_pkcs1_sha224",
            0x0302 => "dsa_sha224",
            0x0303 => "ecdsa_sha224",
            0x0401 => "rsa_pkcs1_sha256",
            0x0402 => "dsa_sha256",
            0x0403 => "ecdsa_secp256r1_sha256",
            0x0420 => "rsa_pkcs1_sha256_legacy",
            0x0501 => "rsa_pkcs1_sha384",
            0x0502 => "dsa_sha384",
            0x0503 => "ecdsa_secp384r1_sha384",
            0x0520 => "rsa_pkcs1_sha384_legacy",
            0x0601 => "rsa_pkcs1_sha512",
            0x0602 => "dsa_sha512",
            0x0603 => "ecdsa_secp521r1_sha512",
            0x0620 => "rsa_pkcs1_sha512_legacy",
            0x0704 => "eccsi_sha256",
            0x0705 => "iso_ibs1",
            0x0706 => "iso_ibs2",
            0x0707 => "iso_chinese_ibs",
            0x0708 => "sm2sig_sm3",
            0x0709 => "gostr34102012_256a",
            0x070a => "gostr34102012_256b",
            0x070b => "gostr34102012_256c",
            0x070c => "gostr34102012_256d",
            0x070d => "gostr34102012_512a",
            0x070e => "gostr34102012_512b",
            0x070f => "gostr34102012_512c",
            0x0804 => "rsa_pss_rsae_sha256",
            0x0805 => "rsa_pss_rsae_sha384",
            0x0806 => "rsa_pss_rsae_sha512",
            0x0807 => "ed25519",
            0x0808 => "ed448",
            0x0809 => "rsa_pss_pss_sha256",
            0x080a => "rsa_pss_pss_sha384",
            0x080b => "rsa_pss_pss_sha512",
            0x081a => "ecdsa_brainpoolP256r1tls13_sha256",
            0x081b => "ecdsa_brainpoolP384r1tls13_sha384",
            0x081c => "ecdsa_brainpoolP512r1tls13_sha512",
            0x0904 => "mldsa44",
            0x0905 => "mldsa65",
            0x0906 => "mldsa87",
            0x0911 => "slhdsa_sha2_128s",
            0x0912 => "slhdsa_sha2_128f",
            0x0913 => "slhdsa_sha2_192s",
            0x0914 => "slhdsa_sha2_192f",
            0x0915 => "slhdsa_sha2_256s",
            0x0916 => "slhdsa_sha2_256f",
            0x0917 => "slhdsa_shake_128s",
            0x0918 => "slhdsa_shake_128f",
            0x0919 => "slhdsa_shake_192s",
            0x091a => "slhdsa_shake_192f",
            0x091b => "slhdsa_shake_256s",
            0x091c => "slhdsa_shake_256f",
            0xeded => "gostr34102012_256_gostr34112012_256",
            0xeeee => "gostr34102012_512_gostr34112012_512",
            0xefef => "gostr34102001_gostr3411",
            _ => return None,
        })
    }
}

impl ExtensionType {
    /// `server_name`, 0x0000.
    pub const SERVER_NAME: Self = Self(0x0000);
    /// `max_fragment_length`, 0x0001.
    pub const MAX_FRAGMENT_LENGTH: Self = Self(0x0001);
    /// `client_certificate_url`, 0x0002.
    pub const CLIENT_CERTIFICATE_URL: Self = Self(0x0002);
    /// `trusted_ca_keys`, 0x0003.
    pub const TRUSTED_CA_KEYS: Self = Self(0x0003);
    /// `truncated_hmac`, 0x0004.
    pub const TRUNCATED_HMAC: Self = Self(0x0004);
    /// `status_request`, 0x0005.
    pub const STATUS_REQUEST: Self = Self(0x0005);
    /// `user_mapping`, 0x0006.
    pub const USER_MAPPING: Self = Self(0x0006);
    /// `client_authz`, 0x0007.
    pub const CLIENT_AUTHZ: Self = Self(0x0007);
    /// `server_authz`, 0x0008.
    pub const SERVER_AUTHZ: Self = Self(0x0008);
    /// `cert_type`, 0x0009.
    pub const CERT_TYPE: Self = Self(0x0009);
    /// `supported_groups`, 0x000a.
    pub const SUPPORTED_GROUPS: Self = Self(0x000a);
    /// `ec_point_formats`, 0x000b.
    pub const EC_POINT_FORMATS: Self = Self(0x000b);
    /// `srp`, 0x000c.
    pub const SRP: Self = Self(0x000c);
    /// `signature_algorithms`, 0x000d.
    pub const SIGNATURE_ALGORITHMS: Self = Self(0x000d);
    /// `use_srtp`, 0x000e.
    pub const USE_SRTP: Self = Self(0x000e);
    /// `heartbeat`, 0x000f.
    pub const HEARTBEAT: Self = Self(0x000f);
    /// `application_layer_protocol_negotiation`, 0x0010.
    pub const APPLICATION_LAYER_PROTOCOL_NEGOTIATION: Self = Self(0x0010);
    /// `status_request_v2`, 0x0011.
    pub const STATUS_REQUEST_V2: Self = Self(0x0011);
    /// `signed_certificate_timestamp`, 0x0012.
    pub const SIGNED_CERTIFICATE_TIMESTAMP: Self = Self(0x0012);
    /// `client_certificate_type`, 0x0013.
    pub const CLIENT_CERTIFICATE_TYPE: Self = Self(0x0013);
    /// `server_certificate_type`, 0x0014.
    pub const SERVER_CERTIFICATE_TYPE: Self = Self(0x0014);
    /// `padding`, 0x0015.
    pub const PADDING: Self = Self(0x0015);
    /// `encrypt_then_mac`, 0x0016.
    pub const ENCRYPT_THEN_MAC: Self = Self(0x0016);
    /// `extended_master_secret`, 0x0017.
    pub const EXTENDED_MASTER_SECRET: Self = Self(0x0017);
    /// `token_binding`, 0x0018.
    pub const TOKEN_BINDING: Self = Self(0x0018);
    /// `cached_info`, 0x0019.
    pub const CACHED_INFO: Self = Self(0x0019);
    /// `tls_lts`, 0x001a.
    pub const TLS_LTS: Self = Self(0x001a);
    /// `compress_certificate`, 0x001b.
    pub const COMPRESS_CERTIFICATE: Self = Self(0x001b);
    /// `record_size_limit`, 0x001c.
    pub const RECORD_SIZE_LIMIT: Self = Self(0x001c);
    /// `pwd_protect`, 0x001d.
    pub const PWD_PROTECT: Self = Self(0x001d);
    /// `pwd_clear`, 0x001e.
    pub const PWD_CLEAR: Self = Self(0x001e);
    /// `password_salt`, 0x001f.
    pub const PASSWORD_SALT: Self = Self(0x001f);
    /// `ticket_pinning`, 0x0020.
    pub const TICKET_PINNING: Self = Self(0x0020);
    /// `tls_cert_with_extern_psk`, 0x0021.
    pub const TLS_CERT_WITH_EXTERN_PSK: Self = Self(0x0021);
    /// `delegated_credential`, 0x0022.
    pub const DELEGATED_CREDENTIAL: Self = Self(0x0022);
    /// `session_ticket`, 0x0023.
    pub const SESSION_TICKET: Self = Self(0x0023);
    /// `TLMSP`, 0x0024.
    pub const TLMSP: Self = Self(0x0024);
    /// `TLMSP_proxying`, 0x0025.
    pub const TLMSP_PROXYING: Self = Self(0x0025);
    /// `TLMSP_delegate`, 0x0026.
    pub const TLMSP_DELEGATE: Self = Self(0x0026);
    /// `supported_ekt_ciphers`, 0x0027.
    pub const SUPPORTED_EKT_CIPHERS: Self = Self(0x0027);
    /// `pre_shared_key`, 0x0029.
    pub const PRE_SHARED_KEY: Self = Self(0x0029);
    /// `early_data`, 0x002a.
    pub const EARLY_DATA: Self = Self(0x002a);
    /// `supported_versions`, 0x002b.
    pub const SUPPORTED_VERSIONS: Self = Self(0x002b);
    /// `cookie`, 0x002c.
    pub const COOKIE: Self = Self(0x002c);
    /// `psk_key_exchange_modes`, 0x002d.
    pub const PSK_KEY_EXCHANGE_MODES: Self = Self(0x002d);
    /// `certificate_authorities`, 0x002f.
    pub const CERTIFICATE_AUTHORITIES: Self = Self(0x002f);
    /// `oid_filters`, 0x0030.
    pub const OID_FILTERS: Self = Self(0x0030);
    /// `post_handshake_auth`, 0x0031.
    pub const POST_HANDSHAKE_AUTH: Self = Self(0x0031);
    /// `signature_algorithms_cert`, 0x0032.
    pub const SIGNATURE_ALGORITHMS_CERT: Self = Self(0x0032);
    /// `key_share`, 0x0033.
    pub const KEY_SHARE: Self = Self(0x0033);
    /// `transparency_info`, 0x0034.
    pub const TRANSPARENCY_INFO: Self = Self(0x0034);
    /// `connection_id_deprecated`, 0x0035.
    pub const CONNECTION_ID_DEPRECATED: Self = Self(0x0035);
    /// `connection_id`, 0x0036.
    pub const CONNECTION_ID: Self = Self(0x0036);
    /// `external_id_hash`, 0x0037.
    pub const EXTERNAL_ID_HASH: Self = Self(0x0037);
    /// `external_session_id`, 0x0038.
    pub const EXTERNAL_SESSION_ID: Self = Self(0x0038);
    /// `quic_transport_parameters`, 0x0039.
    pub const QUIC_TRANSPORT_PARAMETERS: Self = Self(0x0039);
    /// `ticket_request`, 0x003a.
    pub const TICKET_REQUEST: Self = Self(0x003a);
    /// `dnssec_chain`, 0x003b.
    pub const DNSSEC_CHAIN: Self = Self(0x003b);
    /// `sequence_number_encryption_algorithms`, 0x003c.
    pub const SEQUENCE_NUMBER_ENCRYPTION_ALGORITHMS: Self = Self(0x003c);
    /// `rrc`, 0x003d.
    pub const RRC: Self = Self(0x003d);
    /// `tls_flags`, 0x003e.
    pub const TLS_FLAGS: Self = Self(0x003e);
    /// `next_protocol_negotiation`, 0x3374.
    pub const NEXT_PROTOCOL_NEGOTIATION: Self = Self(0x3374);
    /// `application_settings_old`, 0x4469.
    pub const APPLICATION_SETTINGS_OLD: Self = Self(0x4469);
    /// `application_settings`, 0x44cd.
    pub const APPLICATION_SETTINGS: Self = Self(0x44cd);
    /// `channel_id_old`, 0x754f.
    pub const CHANNEL_ID_OLD: Self = Self(0x754f);
    /// `channel_id`, 0x7550.
    pub const CHANNEL_ID: Self = Self(0x7550);
    /// `trust_anchors`, 0xca34.
    pub const TRUST_ANCHORS: Self = Self(0xca34);
    /// `ech_outer_extensions`, 0xfd00.
    pub const ECH_OUTER_EXTENSIONS: Self = Self(0xfd00);
    /// `encrypted_client_hello`, 0xfe0d.
    pub const ENCRYPTED_CLIENT_HELLO: Self = Self(0xfe0d);
    /// `renegotiation_info`, 0xff01.
    pub const RENEGOTIATION_INFO: Self = Self(0xff01);
    /// `quic_transport_parameters_draft`, 0xffa5.
    pub const QUIC_TRANSPORT_PARAMETERS_DRAFT: Self = Self(0xffa5);

    /// The name in IANA's registry (or, where IANA gives none, the usual one); `None` for a number that we
    /// do not know.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x0000 => "server_name",
            0x0001 => "max_fragment_length",
            0x0002 => "client_certificate_url",
            0x0003 => "trusted_ca_keys",
            0x0004 => "truncated_hmac",
            0x0005 => "status_request",
            0x0006 => "user_mapping",
            0x0007 => "client_authz",
            0x0008 => "server_authz",
            0x0009 => "cert_type",
            0x000a => "supported_groups",
            0x000b => "ec_point_formats",
            0x000c => "srp",
            0x000d => "signature_algorithms",
            0x000e => "use_srtp",
            0x000f => "heartbeat",
            0x0010 => "application_layer_protocol_negotiation",
            0x0011 => "status_request_v2",
            0x0012 => "signed_certificate_timestamp",
            0x0013 => "client_certificate_type",
            0x0014 => "server_certificate_type",
            0x0015 => "padding",
            0x0016 => "encrypt_then_mac",
            0x0017 => "extended_master_secret",
            0x0018 => "token_binding",
            0x0019 => "cached_info",
            0x001a => "tls_lts",
            0x001b => "compress_certificate",
            0x001c => "record_size_limit",
            0x001d => "pwd_protect",
            0x001e => "pwd_clear",
            0x001f => "password_salt",
            0x0020 => "ticket_pinning",
            0x0021 => "tls_cert_with_extern_psk",
            0x0022 => "delegated_credential",
            0x0023 => "session_ticket",
            0x0024 => "TLMSP",
            0x0025 => "TLMSP_proxying",
            0x0026 => "TLMSP_delegate",
            0x0027 => "supported_ekt_ciphers",
            0x0029 => "pre_shared_key",
            0x002a => "early_data",
            0x002b => "supported_versions",
            0x002c => "cookie",
            0x002d => "psk_key_exchange_modes",
            0x002f => "certificate_authorities",
            0x0030 => "oid_filters",
            0x0031 => "post_handshake_auth",
            0x0032 => "signature_algorithms_cert",
            0x0033 => "key_share",
            0x0034 => "transparency_info",
            0x0035 => "connection_id_deprecated",
            0x0036 => "connection_id",
            0x0037 => "external_id_hash",
            0x0038 => "external_session_id",
            0x0039 => "quic_transport_parameters",
            0x003a => "ticket_request",
            0x003b => "dnssec_chain",
            0x003c => "sequence_number_encryption_algorithms",
            0x003d => "rrc",
            0x003e => "tls_flags",
            0x3374 => "next_protocol_negotiation",
            0x4469 => "application_settings_old",
            0x44cd => "application_settings",
            0x754f => "channel_id_old",
            0x7550 => "channel_id",
            0xca34 => "trust_anchors",
            0xfd00 => "ech_outer_extensions",
            0xfe0d => "encrypted_client_hello",
            0xff01 => "renegotiation_info",
            0xffa5 => "quic_transport_parameters_draft",
            _ => return None,
        })
    }
}

impl AlertLevel {
    /// `warning`, 0x01.
    pub const WARNING: Self = Self(0x01);
    /// `fatal`, 0x02.
    pub const FATAL: Self = Self(0x02);

    /// The name in IANA's registry (or, where IANA gives none, the usual one); `None` for a number that we
    /// do not know.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x01 => "warning",
            0x02 => "fatal",
            _ => return None,
        })
    }
}

impl AlertDescription {
    /// `close_notify`, 0x00.
    pub const CLOSE_NOTIFY: Self = Self(0x00);
    /// `unexpected_message`, 0x0a.
    pub const UNEXPECTED_MESSAGE: Self = Self(0x0a);
    /// `bad_record_mac`, 0x14.
    pub const BAD_RECORD_MAC: Self = Self(0x14);
    /// `decryption_failed`, 0x15.
    pub const DECRYPTION_FAILED: Self = Self(0x15);
    /// `record_overflow`, 0x16.
    pub const RECORD_OVERFLOW: Self = Self(0x16);
    /// `decompression_failure`, 0x1e.
    pub const DECOMPRESSION_FAILURE: Self = Self(0x1e);
    /// `handshake_failure`, 0x28.
    pub const HANDSHAKE_FAILURE: Self = Self(0x28);
    /// `no_certificate`, 0x29.
    pub const NO_CERTIFICATE: Self = Self(0x29);
    /// `bad_certificate`, 0x2a.
    pub const BAD_CERTIFICATE: Self = Self(0x2a);
    /// `unsupported_certificate`, 0x2b.
    pub const UNSUPPORTED_CERTIFICATE: Self = Self(0x2b);
    /// `certificate_revoked`, 0x2c.
    pub const CERTIFICATE_REVOKED: Self = Self(0x2c);
    /// `certificate_expired`, 0x2d.
    pub const CERTIFICATE_EXPIRED: Self = Self(0x2d);
    /// `certificate_unknown`, 0x2e.
    pub const CERTIFICATE_UNKNOWN: Self = Self(0x2e);
    /// `illegal_parameter`, 0x2f.
    pub const ILLEGAL_PARAMETER: Self = Self(0x2f);
    /// `unknown_ca`, 0x30.
    pub const UNKNOWN_CA: Self = Self(0x30);
    /// `access_denied`, 0x31.
    pub const ACCESS_DENIED: Self = Self(0x31);
    /// `decode_error`, 0x32.
    pub const DECODE_ERROR: Self = Self(0x32);
    /// `decrypt_error`, 0x33.
    pub const DECRYPT_ERROR: Self = Self(0x33);
    /// `too_many_cids_requested`, 0x34.
    pub const TOO_MANY_CIDS_REQUESTED: Self = Self(0x34);
    /// `export_restriction`, 0x3c.
    pub const EXPORT_RESTRICTION: Self = Self(0x3c);
    /// `protocol_version`, 0x46.
    pub const PROTOCOL_VERSION: Self = Self(0x46);
    /// `insufficient_security`, 0x47.
    pub const INSUFFICIENT_SECURITY: Self = Self(0x47);
    /// `internal_error`, 0x50.
    pub const INTERNAL_ERROR: Self = Self(0x50);
    /// `inappropriate_fallback`, 0x56.
    pub const INAPPROPRIATE_FALLBACK: Self = Self(0x56);
    /// `user_canceled`, 0x5a.
    pub const USER_CANCELED: Self = Self(0x5a);
    /// `no_renegotiation`, 0x64.
    pub const NO_RENEGOTIATION: Self = Self(0x64);
    /// `missing_extension`, 0x6d.
    pub const MISSING_EXTENSION: Self = Self(0x6d);
    /// `unsupported_extension`, 0x6e.
    pub const UNSUPPORTED_EXTENSION: Self = Self(0x6e);
    /// `certificate_unobtainable`, 0x6f.
    pub const CERTIFICATE_UNOBTAINABLE: Self = Self(0x6f);
    /// `unrecognized_name`, 0x70.
    pub const UNRECOGNIZED_NAME: Self = Self(0x70);
    /// `bad_certificate_status_response`, 0x71.
    pub const BAD_CERTIFICATE_STATUS_RESPONSE: Self = Self(0x71);
    /// `bad_certificate_hash_value`, 0x72.
    pub const BAD_CERTIFICATE_HASH_VALUE: Self = Self(0x72);
    /// `unknown_psk_identity`, 0x73.
    pub const UNKNOWN_PSK_IDENTITY: Self = Self(0x73);
    /// `certificate_required`, 0x74.
    pub const CERTIFICATE_REQUIRED: Self = Self(0x74);
    /// `general_error`, 0x75.
    pub const GENERAL_ERROR: Self = Self(0x75);
    /// `no_application_protocol`, 0x78.
    pub const NO_APPLICATION_PROTOCOL: Self = Self(0x78);
    /// `ech_required`, 0x79.
    pub const ECH_REQUIRED: Self = Self(0x79);

    /// The name in IANA's registry (or, where IANA gives none, the usual one); `None` for a number that we
    /// do not know.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x00 => "close_notify",
            0x0a => "unexpected_message",
            0x14 => "bad_record_mac",
            0x15 => "decryption_failed",
            0x16 => "record_overflow",
            0x1e => "decompression_failure",
            0x28 => "handshake_failure",
            0x29 => "no_certificate",
            0x2a => "bad_certificate",
            0x2b => "unsupported_certificate",
            0x2c => "certificate_revoked",
            0x2d => "certificate_expired",
            0x2e => "certificate_unknown",
            0x2f => "illegal_parameter",
            0x30 => "unknown_ca",
            0x31 => "access_denied",
            0x32 => "decode_error",
            0x33 => "decrypt_error",
            0x34 => "too_many_cids_requested",
            0x3c => "export_restriction",
            0x46 => "protocol_version",
            0x47 => "insufficient_security",
            0x50 => "internal_error",
            0x56 => "inappropriate_fallback",
            0x5a => "user_canceled",
            0x64 => "no_renegotiation",
            0x6d => "missing_extension",
            0x6e => "unsupported_extension",
            0x6f => "certificate_unobtainable",
            0x70 => "unrecognized_name",
            0x71 => "bad_certificate_status_response",
            0x72 => "bad_certificate_hash_value",
            0x73 => "unknown_psk_identity",
            0x74 => "certificate_required",
            0x75 => "general_error",
            0x78 => "no_application_protocol",
            0x79 => "ech_required",
            _ => return None,
        })
    }
}

impl ClientCertificateType {
    /// `rsa_sign`, 0x01.
    pub const RSA_SIGN: Self = Self(0x01);
    /// `dss_sign`, 0x02.
    pub const DSS_SIGN: Self = Self(0x02);
    /// `rsa_fixed_dh`, 0x03.
    pub const RSA_FIXED_DH: Self = Self(0x03);
    /// `dss_fixed_dh`, 0x04.
    pub const DSS_FIXED_DH: Self = Self(0x04);
    /// `rsa_ephemeral_dh`, 0x05.
    pub const RSA_EPHEMERAL_DH: Self = Self(0x05);
    /// `dss_ephemeral_dh`, 0x06.
    pub const DSS_EPHEMERAL_DH: Self = Self(0x06);
    /// `fortezza_dms`, 0x14.
    pub const FORTEZZA_DMS: Self = Self(0x14);
    /// `gost_sign01`, 0x15.
    pub const GOST_SIGN01: Self = Self(0x15);
    /// `gost_sign256`, 0x16.
    pub const GOST_SIGN256: Self = Self(0x16);
    /// `gost_sign512`, 0x17.
    pub const GOST_SIGN512: Self = Self(0x17);
    /// `ecdsa_sign`, 0x40.
    pub const ECDSA_SIGN: Self = Self(0x40);
    /// `rsa_fixed_ecdh`, 0x41.
    pub const RSA_FIXED_ECDH: Self = Self(0x41);
    /// `ecdsa_fixed_ecdh`, 0x42.
    pub const ECDSA_FIXED_ECDH: Self = Self(0x42);
    /// `gost_sign256_iana`, 0x43.
    pub const GOST_SIGN256_IANA: Self = Self(0x43);
    /// `gost_sign512_iana`, 0x44.
    pub const GOST_SIGN512_IANA: Self = Self(0x44);
    /// `gost_sign512_legacy`, 0xee.
    pub const GOST_SIGN512_LEGACY: Self = Self(0xee);
    /// `gost_sign256_legacy`, 0xef.
    pub const GOST_SIGN256_LEGACY: Self = Self(0xef);

    /// The name in IANA's registry (or, where IANA gives none, the usual one); `None` for a number that we
    /// do not know.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x01 => "rsa_sign",
            0x02 => "dss_sign",
            0x03 => "rsa_fixed_dh",
            0x04 => "dss_fixed_dh",
            0x05 => "rsa_ephemeral_dh",
            0x06 => "dss_ephemeral_dh",
            0x14 => "fortezza_dms",
            0x15 => "gost_sign01",
            0x16 => "gost_sign256",
            0x17 => "gost_sign512",
            0x40 => "ecdsa_sign",
            0x41 => "rsa_fixed_ecdh",
            0x42 => "ecdsa_fixed_ecdh",
            0x43 => "gost_sign256_iana",
            0x44 => "gost_sign512_iana",
            0xee => "gost_sign512_legacy",
            0xef => "gost_sign256_legacy",
            _ => return None,
        })
    }
}

impl CertificateType {
    /// `X509`, 0x00.
    pub const X509: Self = Self(0x00);
    /// `OpenPGP`, 0x01.
    pub const OPENPGP: Self = Self(0x01);
    /// `RawPublicKey`, 0x02.
    pub const RAW_PUBLIC_KEY: Self = Self(0x02);
    /// `1609Dot2`, 0x03.
    pub const IEEE_1609_2: Self = Self(0x03);

    /// The name in IANA's registry (or, where IANA gives none, the usual one); `None` for a number that we
    /// do not know.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x00 => "X509",
            0x01 => "OpenPGP",
            0x02 => "RawPublicKey",
            0x03 => "1609Dot2",
            _ => return None,
        })
    }
}

impl CompressionMethod {
    /// `NULL`, 0x00.
    pub const NULL: Self = Self(0x00);
    /// `DEFLATE`, 0x01.
    pub const DEFLATE: Self = Self(0x01);
    /// `LZS`, 0x40.
    pub const LZS: Self = Self(0x40);

    /// The name in IANA's registry (or, where IANA gives none, the usual one); `None` for a number that we
    /// do not know.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x00 => "NULL",
            0x01 => "DEFLATE",
            0x40 => "LZS",
            _ => return None,
        })
    }
}

impl CertificateCompressionAlgorithm {
    /// `zlib`, 0x0001.
    pub const ZLIB: Self = Self(0x0001);
    /// `brotli`, 0x0002.
    pub const BROTLI: Self = Self(0x0002);
    /// `zstd`, 0x0003.
    pub const ZSTD: Self = Self(0x0003);

    /// The name in IANA's registry (or, where IANA gives none, the usual one); `None` for a number that we
    /// do not know.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x0001 => "zlib",
            0x0002 => "brotli",
            0x0003 => "zstd",
            _ => return None,
        })
    }
}

impl PskKeyExchangeMode {
    /// `psk_ke`, 0x00.
    pub const PSK_KE: Self = Self(0x00);
    /// `psk_dhe_ke`, 0x01.
    pub const PSK_DHE_KE: Self = Self(0x01);

    /// The name in IANA's registry (or, where IANA gives none, the usual one); `None` for a number that we
    /// do not know.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x00 => "psk_ke",
            0x01 => "psk_dhe_ke",
            _ => return None,
        })
    }
}

impl EcPointFormat {
    /// `uncompressed`, 0x00.
    pub const UNCOMPRESSED: Self = Self(0x00);
    /// `ansiX962_compressed_prime`, 0x01.
    pub const ANSIX962_COMPRESSED_PRIME: Self = Self(0x01);
    /// `ansiX962_compressed_char2`, 0x02.
    pub const ANSIX962_COMPRESSED_CHAR2: Self = Self(0x02);

    /// The name in IANA's registry (or, where IANA gives none, the usual one); `None` for a number that we
    /// do not know.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x00 => "uncompressed",
            0x01 => "ansiX962_compressed_prime",
            0x02 => "ansiX962_compressed_char2",
            _ => return None,
        })
    }
}

impl EcCurveType {
    /// `explicit_prime`, 0x01.
    pub const EXPLICIT_PRIME: Self = Self(0x01);
    /// `explicit_char2`, 0x02.
    pub const EXPLICIT_CHAR2: Self = Self(0x02);
    /// `named_curve`, 0x03.
    pub const NAMED_CURVE: Self = Self(0x03);

    /// The name in IANA's registry (or, where IANA gives none, the usual one); `None` for a number that we
    /// do not know.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x01 => "explicit_prime",
            0x02 => "explicit_char2",
            0x03 => "named_curve",
            _ => return None,
        })
    }
}

impl CertificateStatusType {
    /// `ocsp`, 0x01.
    pub const OCSP: Self = Self(0x01);
    /// `ocsp_multi`, 0x02.
    pub const OCSP_MULTI: Self = Self(0x02);

    /// The name in IANA's registry (or, where IANA gives none, the usual one); `None` for a number that we
    /// do not know.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x01 => "ocsp",
            0x02 => "ocsp_multi",
            _ => return None,
        })
    }
}

impl OcspResponseStatus {
    /// `successful`, 0x00.
    pub const SUCCESSFUL: Self = Self(0x00);
    /// `malformedRequest`, 0x01.
    pub const MALFORMED_REQUEST: Self = Self(0x01);
    /// `internalError`, 0x02.
    pub const INTERNAL_ERROR: Self = Self(0x02);
    /// `tryLater`, 0x03.
    pub const TRY_LATER: Self = Self(0x03);
    /// `sigRequired`, 0x05.
    pub const SIG_REQUIRED: Self = Self(0x05);
    /// `unauthorized`, 0x06.
    pub const UNAUTHORIZED: Self = Self(0x06);

    /// The name in IANA's registry (or, where IANA gives none, the usual one); `None` for a number that we
    /// do not know.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x00 => "successful",
            0x01 => "malformedRequest",
            0x02 => "internalError",
            0x03 => "tryLater",
            0x05 => "sigRequired",
            0x06 => "unauthorized",
            _ => return None,
        })
    }
}

impl NameType {
    /// `host_name`, 0x00.
    pub const HOST_NAME: Self = Self(0x00);

    /// The name in IANA's registry (or, where IANA gives none, the usual one); `None` for a number that we
    /// do not know.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x00 => "host_name",
            _ => return None,
        })
    }
}

impl MaxFragmentLength {
    /// `2^9`, 0x01.
    pub const BYTES_512: Self = Self(0x01);
    /// `2^10`, 0x02.
    pub const BYTES_1024: Self = Self(0x02);
    /// `2^11`, 0x03.
    pub const BYTES_2048: Self = Self(0x03);
    /// `2^12`, 0x04.
    pub const BYTES_4096: Self = Self(0x04);

    /// The name in IANA's registry (or, where IANA gives none, the usual one); `None` for a number that we
    /// do not know.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x01 => "2^9",
            0x02 => "2^10",
            0x03 => "2^11",
            0x04 => "2^12",
            _ => return None,
        })
    }
}

impl HeartbeatMode {
    /// `peer_allowed_to_send`, 0x01.
    pub const PEER_ALLOWED_TO_SEND: Self = Self(0x01);
    /// `peer_not_allowed_to_send`, 0x02.
    pub const PEER_NOT_ALLOWED_TO_SEND: Self = Self(0x02);

    /// The name in IANA's registry (or, where IANA gives none, the usual one); `None` for a number that we
    /// do not know.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x01 => "peer_allowed_to_send",
            0x02 => "peer_not_allowed_to_send",
            _ => return None,
        })
    }
}

impl SrtpProtectionProfile {
    /// `SRTP_AES128_CM_HMAC_SHA1_80`, 0x0001.
    pub const SRTP_AES128_CM_HMAC_SHA1_80: Self = Self(0x0001);
    /// `SRTP_AES128_CM_HMAC_SHA1_32`, 0x0002.
    pub const SRTP_AES128_CM_HMAC_SHA1_32: Self = Self(0x0002);
    /// `SRTP_NULL_HMAC_SHA1_80`, 0x0005.
    pub const SRTP_NULL_HMAC_SHA1_80: Self = Self(0x0005);
    /// `SRTP_NULL_HMAC_SHA1_32`, 0x0006.
    pub const SRTP_NULL_HMAC_SHA1_32: Self = Self(0x0006);
    /// `SRTP_AEAD_AES_128_GCM`, 0x0007.
    pub const SRTP_AEAD_AES_128_GCM: Self = Self(0x0007);
    /// `SRTP_AEAD_AES_256_GCM`, 0x0008.
    pub const SRTP_AEAD_AES_256_GCM: Self = Self(0x0008);
    /// `DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM`, 0x0009.
    pub const DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM: Self = Self(0x0009);
    /// `DOUBLE_AEAD_AES_256_GCM_AEAD_AES_256_GCM`, 0x000a.
    pub const DOUBLE_AEAD_AES_256_GCM_AEAD_AES_256_GCM: Self = Self(0x000a);
    /// `SRTP_ARIA_128_CTR_HMAC_SHA1_80`, 0x000b.
    pub const SRTP_ARIA_128_CTR_HMAC_SHA1_80: Self = Self(0x000b);
    /// `SRTP_ARIA_128_CTR_HMAC_SHA1_32`, 0x000c.
    pub const SRTP_ARIA_128_CTR_HMAC_SHA1_32: Self = Self(0x000c);
    /// `SRTP_ARIA_256_CTR_HMAC_SHA1_80`, 0x000d.
    pub const SRTP_ARIA_256_CTR_HMAC_SHA1_80: Self = Self(0x000d);
    /// `SRTP_ARIA_256_CTR_HMAC_SHA1_32`, 0x000e.
    pub const SRTP_ARIA_256_CTR_HMAC_SHA1_32: Self = Self(0x000e);
    /// `SRTP_AEAD_ARIA_128_GCM`, 0x000f.
    pub const SRTP_AEAD_ARIA_128_GCM: Self = Self(0x000f);
    /// `SRTP_AEAD_ARIA_256_GCM`, 0x0010.
    pub const SRTP_AEAD_ARIA_256_GCM: Self = Self(0x0010);

    /// The name in IANA's registry (or, where IANA gives none, the usual one); `None` for a number that we
    /// do not know.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x0001 => "SRTP_AES128_CM_HMAC_SHA1_80",
            0x0002 => "SRTP_AES128_CM_HMAC_SHA1_32",
            0x0005 => "SRTP_NULL_HMAC_SHA1_80",
            0x0006 => "SRTP_NULL_HMAC_SHA1_32",
            0x0007 => "SRTP_AEAD_AES_128_GCM",
            0x0008 => "SRTP_AEAD_AES_256_GCM",
            0x0009 => "DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM",
            0x000a => "DOUBLE_AEAD_AES_256_GCM_AEAD_AES_256_GCM",
            0x000b => "SRTP_ARIA_128_CTR_HMAC_SHA1_80",
            0x000c => "SRTP_ARIA_128_CTR_HMAC_SHA1_32",
            0x000d => "SRTP_ARIA_256_CTR_HMAC_SHA1_80",
            0x000e => "SRTP_ARIA_256_CTR_HMAC_SHA1_32",
            0x000f => "SRTP_AEAD_ARIA_128_GCM",
            0x0010 => "SRTP_AEAD_ARIA_256_GCM",
            _ => return None,
        })
    }
}

impl KeyUpdateRequest {
    /// `update_not_requested`, 0x00.
    pub const UPDATE_NOT_REQUESTED: Self = Self(0x00);
    /// `update_requested`, 0x01.
    pub const UPDATE_REQUESTED: Self = Self(0x01);

    /// The name in IANA's registry (or, where IANA gives none, the usual one); `None` for a number that we
    /// do not know.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x00 => "update_not_requested",
            0x01 => "update_requested",
            _ => return None,
        })
    }
}

impl HpkeKem {
    /// `DHKEM(P-256,HKDF-SHA256)`, 0x0010.
    pub const DHKEM_P256_HKDF_SHA256: Self = Self(0x0010);
    /// `DHKEM(P-384,HKDF-SHA384)`, 0x0011.
    pub const DHKEM_P384_HKDF_SHA384: Self = Self(0x0011);
    /// `DHKEM(P-521,HKDF-SHA512)`, 0x0012.
    pub const DHKEM_P521_HKDF_SHA512: Self = Self(0x0012);
    /// `DHKEM(CP-256,HKDF-SHA256)`, 0x0013.
    pub const DHKEM_CP256_HKDF_SHA256: Self = Self(0x0013);
    /// `DHKEM(CP-384,HKDF-SHA384)`, 0x0014.
    pub const DHKEM_CP384_HKDF_SHA384: Self = Self(0x0014);
    /// `DHKEM(CP-521,HKDF-SHA512)`, 0x0015.
    pub const DHKEM_CP521_HKDF_SHA512: Self = Self(0x0015);
    /// `DHKEM(X25519,HKDF-SHA256)`, 0x0020.
    pub const DHKEM_X25519_HKDF_SHA256: Self = Self(0x0020);
    /// `DHKEM(X448,HKDF-SHA512)`, 0x0021.
    pub const DHKEM_X448_HKDF_SHA512: Self = Self(0x0021);
    /// `X25519Kyber768Draft00`, 0x0030.
    pub const X25519KYBER768DRAFT00: Self = Self(0x0030);
    /// `ML-KEM-512`, 0x0040.
    pub const ML_KEM_512: Self = Self(0x0040);
    /// `ML-KEM-768`, 0x0041.
    pub const ML_KEM_768: Self = Self(0x0041);
    /// `ML-KEM-1024`, 0x0042.
    pub const ML_KEM_1024: Self = Self(0x0042);
    /// `X-Wing`, 0x647a.
    pub const X_WING: Self = Self(0x647a);

    /// The name in IANA's registry (or, where IANA gives none, the usual one); `None` for a number that we
    /// do not know.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x0010 => "DHKEM(P-256,HKDF-SHA256)",
            0x0011 => "DHKEM(P-384,HKDF-SHA384)",
            0x0012 => "DHKEM(P-521,HKDF-SHA512)",
            0x0013 => "DHKEM(CP-256,HKDF-SHA256)",
            0x0014 => "DHKEM(CP-384,HKDF-SHA384)",
            0x0015 => "DHKEM(CP-521,HKDF-SHA512)",
            0x0020 => "DHKEM(X25519,HKDF-SHA256)",
            0x0021 => "DHKEM(X448,HKDF-SHA512)",
            0x0030 => "X25519Kyber768Draft00",
            0x0040 => "ML-KEM-512",
            0x0041 => "ML-KEM-768",
            0x0042 => "ML-KEM-1024",
            0x647a => "X-Wing",
            _ => return None,
        })
    }
}

impl HpkeKdf {
    /// `HKDF-SHA256`, 0x0001.
    pub const HKDF_SHA256: Self = Self(0x0001);
    /// `HKDF-SHA384`, 0x0002.
    pub const HKDF_SHA384: Self = Self(0x0002);
    /// `HKDF-SHA512`, 0x0003.
    pub const HKDF_SHA512: Self = Self(0x0003);

    /// The name in IANA's registry (or, where IANA gives none, the usual one); `None` for a number that we
    /// do not know.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x0001 => "HKDF-SHA256",
            0x0002 => "HKDF-SHA384",
            0x0003 => "HKDF-SHA512",
            _ => return None,
        })
    }
}

impl HpkeAead {
    /// `AES-128-GCM`, 0x0001.
    pub const AES_128_GCM: Self = Self(0x0001);
    /// `AES-256-GCM`, 0x0002.
    pub const AES_256_GCM: Self = Self(0x0002);
    /// `ChaCha20Poly1305`, 0x0003.
    pub const CHACHA20POLY1305: Self = Self(0x0003);
    /// `Export-only`, 0xffff.
    pub const EXPORT_ONLY: Self = Self(0xffff);

    /// The name in IANA's registry (or, where IANA gives none, the usual one); `None` for a number that we
    /// do not know.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x0001 => "AES-128-GCM",
            0x0002 => "AES-256-GCM",
            0x0003 => "ChaCha20Poly1305",
            0xffff => "Export-only",
            _ => return None,
        })
    }
}

impl TrustedAuthorityType {
    /// `pre_agreed`, 0x00.
    pub const PRE_AGREED: Self = Self(0x00);
    /// `key_sha1_hash`, 0x01.
    pub const KEY_SHA1_HASH: Self = Self(0x01);
    /// `x509_name`, 0x02.
    pub const X509_NAME: Self = Self(0x02);
    /// `cert_sha1_hash`, 0x03.
    pub const CERT_SHA1_HASH: Self = Self(0x03);

    /// The name in IANA's registry (or, where IANA gives none, the usual one); `None` for a number that we
    /// do not know.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x00 => "pre_agreed",
            0x01 => "key_sha1_hash",
            0x02 => "x509_name",
            0x03 => "cert_sha1_hash",
            _ => return None,
        })
    }
}

impl UserMappingType {
    /// `upn_domain_hint`, 0x40.
    pub const UPN_DOMAIN_HINT: Self = Self(0x40);

    /// The name in IANA's registry (or, where IANA gives none, the usual one); `None` for a number that we
    /// do not know.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x40 => "upn_domain_hint",
            _ => return None,
        })
    }
}

impl AuthorizationDataFormat {
    /// `x509_attr_cert`, 0x00.
    pub const X509_ATTR_CERT: Self = Self(0x00);
    /// `saml_assertion`, 0x01.
    pub const SAML_ASSERTION: Self = Self(0x01);
    /// `x509_attr_cert_url`, 0x02.
    pub const X509_ATTR_CERT_URL: Self = Self(0x02);
    /// `saml_assertion_url`, 0x03.
    pub const SAML_ASSERTION_URL: Self = Self(0x03);
    /// `keynote_assertion_list`, 0x40.
    pub const KEYNOTE_ASSERTION_LIST: Self = Self(0x40);
    /// `keynote_assertion_list_url`, 0x41.
    pub const KEYNOTE_ASSERTION_LIST_URL: Self = Self(0x41);
    /// `dtcp_authorization`, 0x42.
    pub const DTCP_AUTHORIZATION: Self = Self(0x42);

    /// The name in IANA's registry (or, where IANA gives none, the usual one); `None` for a number that we
    /// do not know.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x00 => "x509_attr_cert",
            0x01 => "saml_assertion",
            0x02 => "x509_attr_cert_url",
            0x03 => "saml_assertion_url",
            0x40 => "keynote_assertion_list",
            0x41 => "keynote_assertion_list_url",
            0x42 => "dtcp_authorization",
            _ => return None,
        })
    }
}

impl CachedInformationType {
    /// `cert`, 0x01.
    pub const CERT: Self = Self(0x01);
    /// `cert_req`, 0x02.
    pub const CERT_REQ: Self = Self(0x02);

    /// The name in IANA's registry (or, where IANA gives none, the usual one); `None` for a number that we
    /// do not know.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x01 => "cert",
            0x02 => "cert_req",
            _ => return None,
        })
    }
}

impl TokenBindingKeyParameters {
    /// `rsa2048_pkcs1.5`, 0x00.
    pub const RSA2048_PKCS1_5: Self = Self(0x00);
    /// `rsa2048_pss`, 0x01.
    pub const RSA2048_PSS: Self = Self(0x01);
    /// `ecdsap256`, 0x02.
    pub const ECDSAP256: Self = Self(0x02);

    /// The name in IANA's registry (or, where IANA gives none, the usual one); `None` for a number that we
    /// do not know.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x00 => "rsa2048_pkcs1.5",
            0x01 => "rsa2048_pss",
            0x02 => "ecdsap256",
            _ => return None,
        })
    }
}

impl EktCipher {
    /// `AESKW128`, 0x01.
    pub const AESKW128: Self = Self(0x01);
    /// `AESKW256`, 0x02.
    pub const AESKW256: Self = Self(0x02);

    /// The name in IANA's registry (or, where IANA gives none, the usual one); `None` for a number that we
    /// do not know.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x01 => "AESKW128",
            0x02 => "AESKW256",
            _ => return None,
        })
    }
}

impl ConnectionIdUsage {
    /// `cid_immediate`, 0x00.
    pub const CID_IMMEDIATE: Self = Self(0x00);
    /// `cid_spare`, 0x01.
    pub const CID_SPARE: Self = Self(0x01);

    /// The name in IANA's registry (or, where IANA gives none, the usual one); `None` for a number that we
    /// do not know.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x00 => "cid_immediate",
            0x01 => "cid_spare",
            _ => return None,
        })
    }
}

impl CertificateChainType {
    /// `individual_certs`, 0x00.
    pub const INDIVIDUAL_CERTS: Self = Self(0x00);
    /// `pkipath`, 0x01.
    pub const PKIPATH: Self = Self(0x01);

    /// The name in IANA's registry (or, where IANA gives none, the usual one); `None` for a number that we
    /// do not know.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x00 => "individual_certs",
            0x01 => "pkipath",
            _ => return None,
        })
    }
}

impl SupplementalDataType {
    /// `user_mapping_data`, 0x0000.
    pub const USER_MAPPING_DATA: Self = Self(0x0000);
    /// `authz_data`, 0x4002.
    pub const AUTHZ_DATA: Self = Self(0x4002);

    /// The name in IANA's registry (or, where IANA gives none, the usual one); `None` for a number that we
    /// do not know.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x0000 => "user_mapping_data",
            0x4002 => "authz_data",
            _ => return None,
        })
    }
}

impl QuicTransportParameterId {
    /// `original_destination_connection_id`, 0x0000.
    pub const ORIGINAL_DESTINATION_CONNECTION_ID: Self = Self(0x0000);
    /// `max_idle_timeout`, 0x0001.
    pub const MAX_IDLE_TIMEOUT: Self = Self(0x0001);
    /// `stateless_reset_token`, 0x0002.
    pub const STATELESS_RESET_TOKEN: Self = Self(0x0002);
    /// `max_udp_payload_size`, 0x0003.
    pub const MAX_UDP_PAYLOAD_SIZE: Self = Self(0x0003);
    /// `initial_max_data`, 0x0004.
    pub const INITIAL_MAX_DATA: Self = Self(0x0004);
    /// `initial_max_stream_data_bidi_local`, 0x0005.
    pub const INITIAL_MAX_STREAM_DATA_BIDI_LOCAL: Self = Self(0x0005);
    /// `initial_max_stream_data_bidi_remote`, 0x0006.
    pub const INITIAL_MAX_STREAM_DATA_BIDI_REMOTE: Self = Self(0x0006);
    /// `initial_max_stream_data_uni`, 0x0007.
    pub const INITIAL_MAX_STREAM_DATA_UNI: Self = Self(0x0007);
    /// `initial_max_streams_bidi`, 0x0008.
    pub const INITIAL_MAX_STREAMS_BIDI: Self = Self(0x0008);
    /// `initial_max_streams_uni`, 0x0009.
    pub const INITIAL_MAX_STREAMS_UNI: Self = Self(0x0009);
    /// `ack_delay_exponent`, 0x000a.
    pub const ACK_DELAY_EXPONENT: Self = Self(0x000a);
    /// `max_ack_delay`, 0x000b.
    pub const MAX_ACK_DELAY: Self = Self(0x000b);
    /// `disable_active_migration`, 0x000c.
    pub const DISABLE_ACTIVE_MIGRATION: Self = Self(0x000c);
    /// `preferred_address`, 0x000d.
    pub const PREFERRED_ADDRESS: Self = Self(0x000d);
    /// `active_connection_id_limit`, 0x000e.
    pub const ACTIVE_CONNECTION_ID_LIMIT: Self = Self(0x000e);
    /// `initial_source_connection_id`, 0x000f.
    pub const INITIAL_SOURCE_CONNECTION_ID: Self = Self(0x000f);
    /// `retry_source_connection_id`, 0x0010.
    pub const RETRY_SOURCE_CONNECTION_ID: Self = Self(0x0010);
    /// `version_information`, 0x0011.
    pub const VERSION_INFORMATION: Self = Self(0x0011);
    /// `max_datagram_frame_size`, 0x0020.
    pub const MAX_DATAGRAM_FRAME_SIZE: Self = Self(0x0020);
    /// `discard`, 0x173e.
    pub const DISCARD: Self = Self(0x173e);
    /// `grease_quic_bit`, 0x2ab2.
    pub const GREASE_QUIC_BIT: Self = Self(0x2ab2);
    /// `initial_rtt`, 0x3127.
    pub const INITIAL_RTT: Self = Self(0x3127);
    /// `google_connection_options`, 0x3128.
    pub const GOOGLE_CONNECTION_OPTIONS: Self = Self(0x3128);
    /// `user_agent`, 0x3129.
    pub const USER_AGENT: Self = Self(0x3129);
    /// `google_version`, 0x4752.
    pub const GOOGLE_VERSION: Self = Self(0x4752);

    /// The name in IANA's registry (or, where IANA gives none, the usual one); `None` for a number that we
    /// do not know.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x0000 => "original_destination_connection_id",
            0x0001 => "max_idle_timeout",
            0x0002 => "stateless_reset_token",
            0x0003 => "max_udp_payload_size",
            0x0004 => "initial_max_data",
            0x0005 => "initial_max_stream_data_bidi_local",
            0x0006 => "initial_max_stream_data_bidi_remote",
            0x0007 => "initial_max_stream_data_uni",
            0x0008 => "initial_max_streams_bidi",
            0x0009 => "initial_max_streams_uni",
            0x000a => "ack_delay_exponent",
            0x000b => "max_ack_delay",
            0x000c => "disable_active_migration",
            0x000d => "preferred_address",
            0x000e => "active_connection_id_limit",
            0x000f => "initial_source_connection_id",
            0x0010 => "retry_source_connection_id",
            0x0011 => "version_information",
            0x0020 => "max_datagram_frame_size",
            0x173e => "discard",
            0x2ab2 => "grease_quic_bit",
            0x3127 => "initial_rtt",
            0x3128 => "google_connection_options",
            0x3129 => "user_agent",
            0x4752 => "google_version",
            _ => return None,
        })
    }
}

impl CipherSuite {
    /// `TLS_NULL_WITH_NULL_NULL`, 0x0000.
    pub const TLS_NULL_WITH_NULL_NULL: Self = Self(0x0000);
    /// `TLS_RSA_WITH_NULL_MD5`, 0x0001.
    pub const TLS_RSA_WITH_NULL_MD5: Self = Self(0x0001);
    /// `TLS_RSA_WITH_NULL_SHA`, 0x0002.
    pub const TLS_RSA_WITH_NULL_SHA: Self = Self(0x0002);
    /// `TLS_RSA_EXPORT_WITH_RC4_40_MD5`, 0x0003.
    pub const TLS_RSA_EXPORT_WITH_RC4_40_MD5: Self = Self(0x0003);
    /// `TLS_RSA_WITH_RC4_128_MD5`, 0x0004.
    pub const TLS_RSA_WITH_RC4_128_MD5: Self = Self(0x0004);
    /// `TLS_RSA_WITH_RC4_128_SHA`, 0x0005.
    pub const TLS_RSA_WITH_RC4_128_SHA: Self = Self(0x0005);
    /// `TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5`, 0x0006.
    pub const TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5: Self = Self(0x0006);
    /// `TLS_RSA_WITH_IDEA_CBC_SHA`, 0x0007.
    pub const TLS_RSA_WITH_IDEA_CBC_SHA: Self = Self(0x0007);
    /// `TLS_RSA_EXPORT_WITH_DES40_CBC_SHA`, 0x0008.
    pub const TLS_RSA_EXPORT_WITH_DES40_CBC_SHA: Self = Self(0x0008);
    /// `TLS_RSA_WITH_DES_CBC_SHA`, 0x0009.
    pub const TLS_RSA_WITH_DES_CBC_SHA: Self = Self(0x0009);
    /// `TLS_RSA_WITH_3DES_EDE_CBC_SHA`, 0x000a.
    pub const TLS_RSA_WITH_3DES_EDE_CBC_SHA: Self = Self(0x000a);
    /// `TLS_DH_DSS_EXPORT_WITH_DES40_CBC_SHA`, 0x000b.
    pub const TLS_DH_DSS_EXPORT_WITH_DES40_CBC_SHA: Self = Self(0x000b);
    /// `TLS_DH_DSS_WITH_DES_CBC_SHA`, 0x000c.
    pub const TLS_DH_DSS_WITH_DES_CBC_SHA: Self = Self(0x000c);
    /// `TLS_DH_DSS_WITH_3DES_EDE_CBC_SHA`, 0x000d.
    pub const TLS_DH_DSS_WITH_3DES_EDE_CBC_SHA: Self = Self(0x000d);
    /// `TLS_DH_RSA_EXPORT_WITH_DES40_CBC_SHA`, 0x000e.
    pub const TLS_DH_RSA_EXPORT_WITH_DES40_CBC_SHA: Self = Self(0x000e);
    /// `TLS_DH_RSA_WITH_DES_CBC_SHA`, 0x000f.
    pub const TLS_DH_RSA_WITH_DES_CBC_SHA: Self = Self(0x000f);
    /// `TLS_DH_RSA_WITH_3DES_EDE_CBC_SHA`, 0x0010.
    pub const TLS_DH_RSA_WITH_3DES_EDE_CBC_SHA: Self = Self(0x0010);
    /// `TLS_DHE_DSS_EXPORT_WITH_DES40_CBC_SHA`, 0x0011.
    pub const TLS_DHE_DSS_EXPORT_WITH_DES40_CBC_SHA: Self = Self(0x0011);
    /// `TLS_DHE_DSS_WITH_DES_CBC_SHA`, 0x0012.
    pub const TLS_DHE_DSS_WITH_DES_CBC_SHA: Self = Self(0x0012);
    /// `TLS_DHE_DSS_WITH_3DES_EDE_CBC_SHA`, 0x0013.
    pub const TLS_DHE_DSS_WITH_3DES_EDE_CBC_SHA: Self = Self(0x0013);
    /// `TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA`, 0x0014.
    pub const TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA: Self = Self(0x0014);
    /// `TLS_DHE_RSA_WITH_DES_CBC_SHA`, 0x0015.
    pub const TLS_DHE_RSA_WITH_DES_CBC_SHA: Self = Self(0x0015);
    /// `TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA`, 0x0016.
    pub const TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA: Self = Self(0x0016);
    /// `TLS_DH_anon_EXPORT_WITH_RC4_40_MD5`, 0x0017.
    pub const TLS_DH_ANON_EXPORT_WITH_RC4_40_MD5: Self = Self(0x0017);
    /// `TLS_DH_anon_WITH_RC4_128_MD5`, 0x0018.
    pub const TLS_DH_ANON_WITH_RC4_128_MD5: Self = Self(0x0018);
    /// `TLS_DH_anon_EXPORT_WITH_DES40_CBC_SHA`, 0x0019.
    pub const TLS_DH_ANON_EXPORT_WITH_DES40_CBC_SHA: Self = Self(0x0019);
    /// `TLS_DH_anon_WITH_DES_CBC_SHA`, 0x001a.
    pub const TLS_DH_ANON_WITH_DES_CBC_SHA: Self = Self(0x001a);
    /// `TLS_DH_anon_WITH_3DES_EDE_CBC_SHA`, 0x001b.
    pub const TLS_DH_ANON_WITH_3DES_EDE_CBC_SHA: Self = Self(0x001b);
    /// `TLS_KRB5_WITH_DES_CBC_SHA`, 0x001e.
    pub const TLS_KRB5_WITH_DES_CBC_SHA: Self = Self(0x001e);
    /// `TLS_KRB5_WITH_3DES_EDE_CBC_SHA`, 0x001f.
    pub const TLS_KRB5_WITH_3DES_EDE_CBC_SHA: Self = Self(0x001f);
    /// `TLS_KRB5_WITH_RC4_128_SHA`, 0x0020.
    pub const TLS_KRB5_WITH_RC4_128_SHA: Self = Self(0x0020);
    /// `TLS_KRB5_WITH_IDEA_CBC_SHA`, 0x0021.
    pub const TLS_KRB5_WITH_IDEA_CBC_SHA: Self = Self(0x0021);
    /// `TLS_KRB5_WITH_DES_CBC_MD5`, 0x0022.
    pub const TLS_KRB5_WITH_DES_CBC_MD5: Self = Self(0x0022);
    /// `TLS_KRB5_WITH_3DES_EDE_CBC_MD5`, 0x0023.
    pub const TLS_KRB5_WITH_3DES_EDE_CBC_MD5: Self = Self(0x0023);
    /// `TLS_KRB5_WITH_RC4_128_MD5`, 0x0024.
    pub const TLS_KRB5_WITH_RC4_128_MD5: Self = Self(0x0024);
    /// `TLS_KRB5_WITH_IDEA_CBC_MD5`, 0x0025.
    pub const TLS_KRB5_WITH_IDEA_CBC_MD5: Self = Self(0x0025);
    /// `TLS_KRB5_EXPORT_WITH_DES_CBC_40_SHA`, 0x0026.
    pub const TLS_KRB5_EXPORT_WITH_DES_CBC_40_SHA: Self = Self(0x0026);
    /// `TLS_KRB5_EXPORT_WITH_RC2_CBC_40_SHA`, 0x0027.
    pub const TLS_KRB5_EXPORT_WITH_RC2_CBC_40_SHA: Self = Self(0x0027);
    /// `TLS_KRB5_EXPORT_WITH_RC4_40_SHA`, 0x0028.
    pub const TLS_KRB5_EXPORT_WITH_RC4_40_SHA: Self = Self(0x0028);
    /// `TLS_KRB5_EXPORT_WITH_DES_CBC_40_MD5`, 0x0029.
    pub const TLS_KRB5_EXPORT_WITH_DES_CBC_40_MD5: Self = Self(0x0029);
    /// `TLS_KRB5_EXPORT_WITH_RC2_CBC_40_MD5`, 0x002a.
    pub const TLS_KRB5_EXPORT_WITH_RC2_CBC_40_MD5: Self = Self(0x002a);
    /// `TLS_KRB5_EXPORT_WITH_RC4_40_MD5`, 0x002b.
    pub const TLS_KRB5_EXPORT_WITH_RC4_40_MD5: Self = Self(0x002b);
    /// `TLS_PSK_WITH_NULL_SHA`, 0x002c.
    pub const TLS_PSK_WITH_NULL_SHA: Self = Self(0x002c);
    /// `TLS_DHE_PSK_WITH_NULL_SHA`, 0x002d.
    pub const TLS_DHE_PSK_WITH_NULL_SHA: Self = Self(0x002d);
    /// `TLS_RSA_PSK_WITH_NULL_SHA`, 0x002e.
    pub const TLS_RSA_PSK_WITH_NULL_SHA: Self = Self(0x002e);
    /// `TLS_RSA_WITH_AES_128_CBC_SHA`, 0x002f.
    pub const TLS_RSA_WITH_AES_128_CBC_SHA: Self = Self(0x002f);
    /// `TLS_DH_DSS_WITH_AES_128_CBC_SHA`, 0x0030.
    pub const TLS_DH_DSS_WITH_AES_128_CBC_SHA: Self = Self(0x0030);
    /// `TLS_DH_RSA_WITH_AES_128_CBC_SHA`, 0x0031.
    pub const TLS_DH_RSA_WITH_AES_128_CBC_SHA: Self = Self(0x0031);
    /// `TLS_DHE_DSS_WITH_AES_128_CBC_SHA`, 0x0032.
    pub const TLS_DHE_DSS_WITH_AES_128_CBC_SHA: Self = Self(0x0032);
    /// `TLS_DHE_RSA_WITH_AES_128_CBC_SHA`, 0x0033.
    pub const TLS_DHE_RSA_WITH_AES_128_CBC_SHA: Self = Self(0x0033);
    /// `TLS_DH_anon_WITH_AES_128_CBC_SHA`, 0x0034.
    pub const TLS_DH_ANON_WITH_AES_128_CBC_SHA: Self = Self(0x0034);
    /// `TLS_RSA_WITH_AES_256_CBC_SHA`, 0x0035.
    pub const TLS_RSA_WITH_AES_256_CBC_SHA: Self = Self(0x0035);
    /// `TLS_DH_DSS_WITH_AES_256_CBC_SHA`, 0x0036.
    pub const TLS_DH_DSS_WITH_AES_256_CBC_SHA: Self = Self(0x0036);
    /// `TLS_DH_RSA_WITH_AES_256_CBC_SHA`, 0x0037.
    pub const TLS_DH_RSA_WITH_AES_256_CBC_SHA: Self = Self(0x0037);
    /// `TLS_DHE_DSS_WITH_AES_256_CBC_SHA`, 0x0038.
    pub const TLS_DHE_DSS_WITH_AES_256_CBC_SHA: Self = Self(0x0038);
    /// `TLS_DHE_RSA_WITH_AES_256_CBC_SHA`, 0x0039.
    pub const TLS_DHE_RSA_WITH_AES_256_CBC_SHA: Self = Self(0x0039);
    /// `TLS_DH_anon_WITH_AES_256_CBC_SHA`, 0x003a.
    pub const TLS_DH_ANON_WITH_AES_256_CBC_SHA: Self = Self(0x003a);
    /// `TLS_RSA_WITH_NULL_SHA256`, 0x003b.
    pub const TLS_RSA_WITH_NULL_SHA256: Self = Self(0x003b);
    /// `TLS_RSA_WITH_AES_128_CBC_SHA256`, 0x003c.
    pub const TLS_RSA_WITH_AES_128_CBC_SHA256: Self = Self(0x003c);
    /// `TLS_RSA_WITH_AES_256_CBC_SHA256`, 0x003d.
    pub const TLS_RSA_WITH_AES_256_CBC_SHA256: Self = Self(0x003d);
    /// `TLS_DH_DSS_WITH_AES_128_CBC_SHA256`, 0x003e.
    pub const TLS_DH_DSS_WITH_AES_128_CBC_SHA256: Self = Self(0x003e);
    /// `TLS_DH_RSA_WITH_AES_128_CBC_SHA256`, 0x003f.
    pub const TLS_DH_RSA_WITH_AES_128_CBC_SHA256: Self = Self(0x003f);
    /// `TLS_DHE_DSS_WITH_AES_128_CBC_SHA256`, 0x0040.
    pub const TLS_DHE_DSS_WITH_AES_128_CBC_SHA256: Self = Self(0x0040);
    /// `TLS_RSA_WITH_CAMELLIA_128_CBC_SHA`, 0x0041.
    pub const TLS_RSA_WITH_CAMELLIA_128_CBC_SHA: Self = Self(0x0041);
    /// `TLS_DH_DSS_WITH_CAMELLIA_128_CBC_SHA`, 0x0042.
    pub const TLS_DH_DSS_WITH_CAMELLIA_128_CBC_SHA: Self = Self(0x0042);
    /// `TLS_DH_RSA_WITH_CAMELLIA_128_CBC_SHA`, 0x0043.
    pub const TLS_DH_RSA_WITH_CAMELLIA_128_CBC_SHA: Self = Self(0x0043);
    /// `TLS_DHE_DSS_WITH_CAMELLIA_128_CBC_SHA`, 0x0044.
    pub const TLS_DHE_DSS_WITH_CAMELLIA_128_CBC_SHA: Self = Self(0x0044);
    /// `TLS_DHE_RSA_WITH_CAMELLIA_128_CBC_SHA`, 0x0045.
    pub const TLS_DHE_RSA_WITH_CAMELLIA_128_CBC_SHA: Self = Self(0x0045);
    /// `TLS_DH_anon_WITH_CAMELLIA_128_CBC_SHA`, 0x0046.
    pub const TLS_DH_ANON_WITH_CAMELLIA_128_CBC_SHA: Self = Self(0x0046);
    /// `TLS_RSA_EXPORT1024_WITH_RC4_56_MD5`, 0x0060.
    pub const TLS_RSA_EXPORT1024_WITH_RC4_56_MD5: Self = Self(0x0060);
    /// `TLS_RSA_EXPORT1024_WITH_RC2_CBC_56_MD5`, 0x0061.
    pub const TLS_RSA_EXPORT1024_WITH_RC2_CBC_56_MD5: Self = Self(0x0061);
    /// `TLS_RSA_EXPORT1024_WITH_DES_CBC_SHA`, 0x0062.
    pub const TLS_RSA_EXPORT1024_WITH_DES_CBC_SHA: Self = Self(0x0062);
    /// `TLS_DHE_DSS_EXPORT1024_WITH_DES_CBC_SHA`, 0x0063.
    pub const TLS_DHE_DSS_EXPORT1024_WITH_DES_CBC_SHA: Self = Self(0x0063);
    /// `TLS_RSA_EXPORT1024_WITH_RC4_56_SHA`, 0x0064.
    pub const TLS_RSA_EXPORT1024_WITH_RC4_56_SHA: Self = Self(0x0064);
    /// `TLS_DHE_DSS_EXPORT1024_WITH_RC4_56_SHA`, 0x0065.
    pub const TLS_DHE_DSS_EXPORT1024_WITH_RC4_56_SHA: Self = Self(0x0065);
    /// `TLS_DHE_DSS_WITH_RC4_128_SHA`, 0x0066.
    pub const TLS_DHE_DSS_WITH_RC4_128_SHA: Self = Self(0x0066);
    /// `TLS_DHE_RSA_WITH_AES_128_CBC_SHA256`, 0x0067.
    pub const TLS_DHE_RSA_WITH_AES_128_CBC_SHA256: Self = Self(0x0067);
    /// `TLS_DH_DSS_WITH_AES_256_CBC_SHA256`, 0x0068.
    pub const TLS_DH_DSS_WITH_AES_256_CBC_SHA256: Self = Self(0x0068);
    /// `TLS_DH_RSA_WITH_AES_256_CBC_SHA256`, 0x0069.
    pub const TLS_DH_RSA_WITH_AES_256_CBC_SHA256: Self = Self(0x0069);
    /// `TLS_DHE_DSS_WITH_AES_256_CBC_SHA256`, 0x006a.
    pub const TLS_DHE_DSS_WITH_AES_256_CBC_SHA256: Self = Self(0x006a);
    /// `TLS_DHE_RSA_WITH_AES_256_CBC_SHA256`, 0x006b.
    pub const TLS_DHE_RSA_WITH_AES_256_CBC_SHA256: Self = Self(0x006b);
    /// `TLS_DH_anon_WITH_AES_128_CBC_SHA256`, 0x006c.
    pub const TLS_DH_ANON_WITH_AES_128_CBC_SHA256: Self = Self(0x006c);
    /// `TLS_DH_anon_WITH_AES_256_CBC_SHA256`, 0x006d.
    pub const TLS_DH_ANON_WITH_AES_256_CBC_SHA256: Self = Self(0x006d);
    /// `TLS_GOSTR341094_WITH_28147_CNT_IMIT`, 0x0080.
    pub const TLS_GOSTR341094_WITH_28147_CNT_IMIT: Self = Self(0x0080);
    /// `TLS_GOSTR341001_WITH_28147_CNT_IMIT`, 0x0081.
    pub const TLS_GOSTR341001_WITH_28147_CNT_IMIT: Self = Self(0x0081);
    /// `TLS_GOSTR341094_WITH_NULL_GOSTR3411`, 0x0082.
    pub const TLS_GOSTR341094_WITH_NULL_GOSTR3411: Self = Self(0x0082);
    /// `TLS_GOSTR341001_WITH_NULL_GOSTR3411`, 0x0083.
    pub const TLS_GOSTR341001_WITH_NULL_GOSTR3411: Self = Self(0x0083);
    /// `TLS_RSA_WITH_CAMELLIA_256_CBC_SHA`, 0x0084.
    pub const TLS_RSA_WITH_CAMELLIA_256_CBC_SHA: Self = Self(0x0084);
    /// `TLS_DH_DSS_WITH_CAMELLIA_256_CBC_SHA`, 0x0085.
    pub const TLS_DH_DSS_WITH_CAMELLIA_256_CBC_SHA: Self = Self(0x0085);
    /// `TLS_DH_RSA_WITH_CAMELLIA_256_CBC_SHA`, 0x0086.
    pub const TLS_DH_RSA_WITH_CAMELLIA_256_CBC_SHA: Self = Self(0x0086);
    /// `TLS_DHE_DSS_WITH_CAMELLIA_256_CBC_SHA`, 0x0087.
    pub const TLS_DHE_DSS_WITH_CAMELLIA_256_CBC_SHA: Self = Self(0x0087);
    /// `TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA`, 0x0088.
    pub const TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA: Self = Self(0x0088);
    /// `TLS_DH_anon_WITH_CAMELLIA_256_CBC_SHA`, 0x0089.
    pub const TLS_DH_ANON_WITH_CAMELLIA_256_CBC_SHA: Self = Self(0x0089);
    /// `TLS_PSK_WITH_RC4_128_SHA`, 0x008a.
    pub const TLS_PSK_WITH_RC4_128_SHA: Self = Self(0x008a);
    /// `TLS_PSK_WITH_3DES_EDE_CBC_SHA`, 0x008b.
    pub const TLS_PSK_WITH_3DES_EDE_CBC_SHA: Self = Self(0x008b);
    /// `TLS_PSK_WITH_AES_128_CBC_SHA`, 0x008c.
    pub const TLS_PSK_WITH_AES_128_CBC_SHA: Self = Self(0x008c);
    /// `TLS_PSK_WITH_AES_256_CBC_SHA`, 0x008d.
    pub const TLS_PSK_WITH_AES_256_CBC_SHA: Self = Self(0x008d);
    /// `TLS_DHE_PSK_WITH_RC4_128_SHA`, 0x008e.
    pub const TLS_DHE_PSK_WITH_RC4_128_SHA: Self = Self(0x008e);
    /// `TLS_DHE_PSK_WITH_3DES_EDE_CBC_SHA`, 0x008f.
    pub const TLS_DHE_PSK_WITH_3DES_EDE_CBC_SHA: Self = Self(0x008f);
    /// `TLS_DHE_PSK_WITH_AES_128_CBC_SHA`, 0x0090.
    pub const TLS_DHE_PSK_WITH_AES_128_CBC_SHA: Self = Self(0x0090);
    /// `TLS_DHE_PSK_WITH_AES_256_CBC_SHA`, 0x0091.
    pub const TLS_DHE_PSK_WITH_AES_256_CBC_SHA: Self = Self(0x0091);
    /// `TLS_RSA_PSK_WITH_RC4_128_SHA`, 0x0092.
    pub const TLS_RSA_PSK_WITH_RC4_128_SHA: Self = Self(0x0092);
    /// `TLS_RSA_PSK_WITH_3DES_EDE_CBC_SHA`, 0x0093.
    pub const TLS_RSA_PSK_WITH_3DES_EDE_CBC_SHA: Self = Self(0x0093);
    /// `TLS_RSA_PSK_WITH_AES_128_CBC_SHA`, 0x0094.
    pub const TLS_RSA_PSK_WITH_AES_128_CBC_SHA: Self = Self(0x0094);
    /// `TLS_RSA_PSK_WITH_AES_256_CBC_SHA`, 0x0095.
    pub const TLS_RSA_PSK_WITH_AES_256_CBC_SHA: Self = Self(0x0095);
    /// `TLS_RSA_WITH_SEED_CBC_SHA`, 0x0096.
    pub const TLS_RSA_WITH_SEED_CBC_SHA: Self = Self(0x0096);
    /// `TLS_DH_DSS_WITH_SEED_CBC_SHA`, 0x0097.
    pub const TLS_DH_DSS_WITH_SEED_CBC_SHA: Self = Self(0x0097);
    /// `TLS_DH_RSA_WITH_SEED_CBC_SHA`, 0x0098.
    pub const TLS_DH_RSA_WITH_SEED_CBC_SHA: Self = Self(0x0098);
    /// `TLS_DHE_DSS_WITH_SEED_CBC_SHA`, 0x0099.
    pub const TLS_DHE_DSS_WITH_SEED_CBC_SHA: Self = Self(0x0099);
    /// `TLS_DHE_RSA_WITH_SEED_CBC_SHA`, 0x009a.
    pub const TLS_DHE_RSA_WITH_SEED_CBC_SHA: Self = Self(0x009a);
    /// `TLS_DH_anon_WITH_SEED_CBC_SHA`, 0x009b.
    pub const TLS_DH_ANON_WITH_SEED_CBC_SHA: Self = Self(0x009b);
    /// `TLS_RSA_WITH_AES_128_GCM_SHA256`, 0x009c.
    pub const TLS_RSA_WITH_AES_128_GCM_SHA256: Self = Self(0x009c);
    /// `TLS_RSA_WITH_AES_256_GCM_SHA384`, 0x009d.
    pub const TLS_RSA_WITH_AES_256_GCM_SHA384: Self = Self(0x009d);
    /// `TLS_DHE_RSA_WITH_AES_128_GCM_SHA256`, 0x009e.
    pub const TLS_DHE_RSA_WITH_AES_128_GCM_SHA256: Self = Self(0x009e);
    /// `TLS_DHE_RSA_WITH_AES_256_GCM_SHA384`, 0x009f.
    pub const TLS_DHE_RSA_WITH_AES_256_GCM_SHA384: Self = Self(0x009f);
    /// `TLS_DH_RSA_WITH_AES_128_GCM_SHA256`, 0x00a0.
    pub const TLS_DH_RSA_WITH_AES_128_GCM_SHA256: Self = Self(0x00a0);
    /// `TLS_DH_RSA_WITH_AES_256_GCM_SHA384`, 0x00a1.
    pub const TLS_DH_RSA_WITH_AES_256_GCM_SHA384: Self = Self(0x00a1);
    /// `TLS_DHE_DSS_WITH_AES_128_GCM_SHA256`, 0x00a2.
    pub const TLS_DHE_DSS_WITH_AES_128_GCM_SHA256: Self = Self(0x00a2);
    /// `TLS_DHE_DSS_WITH_AES_256_GCM_SHA384`, 0x00a3.
    pub const TLS_DHE_DSS_WITH_AES_256_GCM_SHA384: Self = Self(0x00a3);
    /// `TLS_DH_DSS_WITH_AES_128_GCM_SHA256`, 0x00a4.
    pub const TLS_DH_DSS_WITH_AES_128_GCM_SHA256: Self = Self(0x00a4);
    /// `TLS_DH_DSS_WITH_AES_256_GCM_SHA384`, 0x00a5.
    pub const TLS_DH_DSS_WITH_AES_256_GCM_SHA384: Self = Self(0x00a5);
    /// `TLS_DH_anon_WITH_AES_128_GCM_SHA256`, 0x00a6.
    pub const TLS_DH_ANON_WITH_AES_128_GCM_SHA256: Self = Self(0x00a6);
    /// `TLS_DH_anon_WITH_AES_256_GCM_SHA384`, 0x00a7.
    pub const TLS_DH_ANON_WITH_AES_256_GCM_SHA384: Self = Self(0x00a7);
    /// `TLS_PSK_WITH_AES_128_GCM_SHA256`, 0x00a8.
    pub const TLS_PSK_WITH_AES_128_GCM_SHA256: Self = Self(0x00a8);
    /// `TLS_PSK_WITH_AES_256_GCM_SHA384`, 0x00a9.
    pub const TLS_PSK_WITH_AES_256_GCM_SHA384: Self = Self(0x00a9);
    /// `TLS_DHE_PSK_WITH_AES_128_GCM_SHA256`, 0x00aa.
    pub const TLS_DHE_PSK_WITH_AES_128_GCM_SHA256: Self = Self(0x00aa);
    /// `TLS_DHE_PSK_WITH_AES_256_GCM_SHA384`, 0x00ab.
    pub const TLS_DHE_PSK_WITH_AES_256_GCM_SHA384: Self = Self(0x00ab);
    /// `TLS_RSA_PSK_WITH_AES_128_GCM_SHA256`, 0x00ac.
    pub const TLS_RSA_PSK_WITH_AES_128_GCM_SHA256: Self = Self(0x00ac);
    /// `TLS_RSA_PSK_WITH_AES_256_GCM_SHA384`, 0x00ad.
    pub const TLS_RSA_PSK_WITH_AES_256_GCM_SHA384: Self = Self(0x00ad);
    /// `TLS_PSK_WITH_AES_128_CBC_SHA256`, 0x00ae.
    pub const TLS_PSK_WITH_AES_128_CBC_SHA256: Self = Self(0x00ae);
    /// `TLS_PSK_WITH_AES_256_CBC_SHA384`, 0x00af.
    pub const TLS_PSK_WITH_AES_256_CBC_SHA384: Self = Self(0x00af);
    /// `TLS_PSK_WITH_NULL_SHA256`, 0x00b0.
    pub const TLS_PSK_WITH_NULL_SHA256: Self = Self(0x00b0);
    /// `TLS_PSK_WITH_NULL_SHA384`, 0x00b1.
    pub const TLS_PSK_WITH_NULL_SHA384: Self = Self(0x00b1);
    /// `TLS_DHE_PSK_WITH_AES_128_CBC_SHA256`, 0x00b2.
    pub const TLS_DHE_PSK_WITH_AES_128_CBC_SHA256: Self = Self(0x00b2);
    /// `TLS_DHE_PSK_WITH_AES_256_CBC_SHA384`, 0x00b3.
    pub const TLS_DHE_PSK_WITH_AES_256_CBC_SHA384: Self = Self(0x00b3);
    /// `TLS_DHE_PSK_WITH_NULL_SHA256`, 0x00b4.
    pub const TLS_DHE_PSK_WITH_NULL_SHA256: Self = Self(0x00b4);
    /// `TLS_DHE_PSK_WITH_NULL_SHA384`, 0x00b5.
    pub const TLS_DHE_PSK_WITH_NULL_SHA384: Self = Self(0x00b5);
    /// `TLS_RSA_PSK_WITH_AES_128_CBC_SHA256`, 0x00b6.
    pub const TLS_RSA_PSK_WITH_AES_128_CBC_SHA256: Self = Self(0x00b6);
    /// `TLS_RSA_PSK_WITH_AES_256_CBC_SHA384`, 0x00b7.
    pub const TLS_RSA_PSK_WITH_AES_256_CBC_SHA384: Self = Self(0x00b7);
    /// `TLS_RSA_PSK_WITH_NULL_SHA256`, 0x00b8.
    pub const TLS_RSA_PSK_WITH_NULL_SHA256: Self = Self(0x00b8);
    /// `TLS_RSA_PSK_WITH_NULL_SHA384`, 0x00b9.
    pub const TLS_RSA_PSK_WITH_NULL_SHA384: Self = Self(0x00b9);
    /// `TLS_RSA_WITH_CAMELLIA_128_CBC_SHA256`, 0x00ba.
    pub const TLS_RSA_WITH_CAMELLIA_128_CBC_SHA256: Self = Self(0x00ba);
    /// `TLS_DH_DSS_WITH_CAMELLIA_128_CBC_SHA256`, 0x00bb.
    pub const TLS_DH_DSS_WITH_CAMELLIA_128_CBC_SHA256: Self = Self(0x00bb);
    /// `TLS_DH_RSA_WITH_CAMELLIA_128_CBC_SHA256`, 0x00bc.
    pub const TLS_DH_RSA_WITH_CAMELLIA_128_CBC_SHA256: Self = Self(0x00bc);
    /// `TLS_DHE_DSS_WITH_CAMELLIA_128_CBC_SHA256`, 0x00bd.
    pub const TLS_DHE_DSS_WITH_CAMELLIA_128_CBC_SHA256: Self = Self(0x00bd);
    /// `TLS_DHE_RSA_WITH_CAMELLIA_128_CBC_SHA256`, 0x00be.
    pub const TLS_DHE_RSA_WITH_CAMELLIA_128_CBC_SHA256: Self = Self(0x00be);
    /// `TLS_DH_anon_WITH_CAMELLIA_128_CBC_SHA256`, 0x00bf.
    pub const TLS_DH_ANON_WITH_CAMELLIA_128_CBC_SHA256: Self = Self(0x00bf);
    /// `TLS_RSA_WITH_CAMELLIA_256_CBC_SHA256`, 0x00c0.
    pub const TLS_RSA_WITH_CAMELLIA_256_CBC_SHA256: Self = Self(0x00c0);
    /// `TLS_DH_DSS_WITH_CAMELLIA_256_CBC_SHA256`, 0x00c1.
    pub const TLS_DH_DSS_WITH_CAMELLIA_256_CBC_SHA256: Self = Self(0x00c1);
    /// `TLS_DH_RSA_WITH_CAMELLIA_256_CBC_SHA256`, 0x00c2.
    pub const TLS_DH_RSA_WITH_CAMELLIA_256_CBC_SHA256: Self = Self(0x00c2);
    /// `TLS_DHE_DSS_WITH_CAMELLIA_256_CBC_SHA256`, 0x00c3.
    pub const TLS_DHE_DSS_WITH_CAMELLIA_256_CBC_SHA256: Self = Self(0x00c3);
    /// `TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA256`, 0x00c4.
    pub const TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA256: Self = Self(0x00c4);
    /// `TLS_DH_anon_WITH_CAMELLIA_256_CBC_SHA256`, 0x00c5.
    pub const TLS_DH_ANON_WITH_CAMELLIA_256_CBC_SHA256: Self = Self(0x00c5);
    /// `TLS_SM4_GCM_SM3`, 0x00c6.
    pub const TLS_SM4_GCM_SM3: Self = Self(0x00c6);
    /// `TLS_SM4_CCM_SM3`, 0x00c7.
    pub const TLS_SM4_CCM_SM3: Self = Self(0x00c7);
    /// `TLS_EMPTY_RENEGOTIATION_INFO_SCSV`, 0x00ff.
    pub const TLS_EMPTY_RENEGOTIATION_INFO_SCSV: Self = Self(0x00ff);
    /// `TLS_AES_128_GCM_SHA256`, 0x1301.
    pub const TLS_AES_128_GCM_SHA256: Self = Self(0x1301);
    /// `TLS_AES_256_GCM_SHA384`, 0x1302.
    pub const TLS_AES_256_GCM_SHA384: Self = Self(0x1302);
    /// `TLS_CHACHA20_POLY1305_SHA256`, 0x1303.
    pub const TLS_CHACHA20_POLY1305_SHA256: Self = Self(0x1303);
    /// `TLS_AES_128_CCM_SHA256`, 0x1304.
    pub const TLS_AES_128_CCM_SHA256: Self = Self(0x1304);
    /// `TLS_AES_128_CCM_8_SHA256`, 0x1305.
    pub const TLS_AES_128_CCM_8_SHA256: Self = Self(0x1305);
    /// `TLS_AEGIS_256_SHA512`, 0x1306.
    pub const TLS_AEGIS_256_SHA512: Self = Self(0x1306);
    /// `TLS_AEGIS_128L_SHA256`, 0x1307.
    pub const TLS_AEGIS_128L_SHA256: Self = Self(0x1307);
    /// `TLS_FALLBACK_SCSV`, 0x5600.
    pub const TLS_FALLBACK_SCSV: Self = Self(0x5600);
    /// `TLS_ECDH_ECDSA_WITH_NULL_SHA`, 0xc001.
    pub const TLS_ECDH_ECDSA_WITH_NULL_SHA: Self = Self(0xc001);
    /// `TLS_ECDH_ECDSA_WITH_RC4_128_SHA`, 0xc002.
    pub const TLS_ECDH_ECDSA_WITH_RC4_128_SHA: Self = Self(0xc002);
    /// `TLS_ECDH_ECDSA_WITH_3DES_EDE_CBC_SHA`, 0xc003.
    pub const TLS_ECDH_ECDSA_WITH_3DES_EDE_CBC_SHA: Self = Self(0xc003);
    /// `TLS_ECDH_ECDSA_WITH_AES_128_CBC_SHA`, 0xc004.
    pub const TLS_ECDH_ECDSA_WITH_AES_128_CBC_SHA: Self = Self(0xc004);
    /// `TLS_ECDH_ECDSA_WITH_AES_256_CBC_SHA`, 0xc005.
    pub const TLS_ECDH_ECDSA_WITH_AES_256_CBC_SHA: Self = Self(0xc005);
    /// `TLS_ECDHE_ECDSA_WITH_NULL_SHA`, 0xc006.
    pub const TLS_ECDHE_ECDSA_WITH_NULL_SHA: Self = Self(0xc006);
    /// `TLS_ECDHE_ECDSA_WITH_RC4_128_SHA`, 0xc007.
    pub const TLS_ECDHE_ECDSA_WITH_RC4_128_SHA: Self = Self(0xc007);
    /// `TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA`, 0xc008.
    pub const TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA: Self = Self(0xc008);
    /// `TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA`, 0xc009.
    pub const TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA: Self = Self(0xc009);
    /// `TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA`, 0xc00a.
    pub const TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA: Self = Self(0xc00a);
    /// `TLS_ECDH_RSA_WITH_NULL_SHA`, 0xc00b.
    pub const TLS_ECDH_RSA_WITH_NULL_SHA: Self = Self(0xc00b);
    /// `TLS_ECDH_RSA_WITH_RC4_128_SHA`, 0xc00c.
    pub const TLS_ECDH_RSA_WITH_RC4_128_SHA: Self = Self(0xc00c);
    /// `TLS_ECDH_RSA_WITH_3DES_EDE_CBC_SHA`, 0xc00d.
    pub const TLS_ECDH_RSA_WITH_3DES_EDE_CBC_SHA: Self = Self(0xc00d);
    /// `TLS_ECDH_RSA_WITH_AES_128_CBC_SHA`, 0xc00e.
    pub const TLS_ECDH_RSA_WITH_AES_128_CBC_SHA: Self = Self(0xc00e);
    /// `TLS_ECDH_RSA_WITH_AES_256_CBC_SHA`, 0xc00f.
    pub const TLS_ECDH_RSA_WITH_AES_256_CBC_SHA: Self = Self(0xc00f);
    /// `TLS_ECDHE_RSA_WITH_NULL_SHA`, 0xc010.
    pub const TLS_ECDHE_RSA_WITH_NULL_SHA: Self = Self(0xc010);
    /// `TLS_ECDHE_RSA_WITH_RC4_128_SHA`, 0xc011.
    pub const TLS_ECDHE_RSA_WITH_RC4_128_SHA: Self = Self(0xc011);
    /// `TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA`, 0xc012.
    pub const TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA: Self = Self(0xc012);
    /// `TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA`, 0xc013.
    pub const TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA: Self = Self(0xc013);
    /// `TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA`, 0xc014.
    pub const TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA: Self = Self(0xc014);
    /// `TLS_ECDH_anon_WITH_NULL_SHA`, 0xc015.
    pub const TLS_ECDH_ANON_WITH_NULL_SHA: Self = Self(0xc015);
    /// `TLS_ECDH_anon_WITH_RC4_128_SHA`, 0xc016.
    pub const TLS_ECDH_ANON_WITH_RC4_128_SHA: Self = Self(0xc016);
    /// `TLS_ECDH_anon_WITH_3DES_EDE_CBC_SHA`, 0xc017.
    pub const TLS_ECDH_ANON_WITH_3DES_EDE_CBC_SHA: Self = Self(0xc017);
    /// `TLS_ECDH_anon_WITH_AES_128_CBC_SHA`, 0xc018.
    pub const TLS_ECDH_ANON_WITH_AES_128_CBC_SHA: Self = Self(0xc018);
    /// `TLS_ECDH_anon_WITH_AES_256_CBC_SHA`, 0xc019.
    pub const TLS_ECDH_ANON_WITH_AES_256_CBC_SHA: Self = Self(0xc019);
    /// `TLS_SRP_SHA_WITH_3DES_EDE_CBC_SHA`, 0xc01a.
    pub const TLS_SRP_SHA_WITH_3DES_EDE_CBC_SHA: Self = Self(0xc01a);
    /// `TLS_SRP_SHA_RSA_WITH_3DES_EDE_CBC_SHA`, 0xc01b.
    pub const TLS_SRP_SHA_RSA_WITH_3DES_EDE_CBC_SHA: Self = Self(0xc01b);
    /// `TLS_SRP_SHA_DSS_WITH_3DES_EDE_CBC_SHA`, 0xc01c.
    pub const TLS_SRP_SHA_DSS_WITH_3DES_EDE_CBC_SHA: Self = Self(0xc01c);
    /// `TLS_SRP_SHA_WITH_AES_128_CBC_SHA`, 0xc01d.
    pub const TLS_SRP_SHA_WITH_AES_128_CBC_SHA: Self = Self(0xc01d);
    /// `TLS_SRP_SHA_RSA_WITH_AES_128_CBC_SHA`, 0xc01e.
    pub const TLS_SRP_SHA_RSA_WITH_AES_128_CBC_SHA: Self = Self(0xc01e);
    /// `TLS_SRP_SHA_DSS_WITH_AES_128_CBC_SHA`, 0xc01f.
    pub const TLS_SRP_SHA_DSS_WITH_AES_128_CBC_SHA: Self = Self(0xc01f);
    /// `TLS_SRP_SHA_WITH_AES_256_CBC_SHA`, 0xc020.
    pub const TLS_SRP_SHA_WITH_AES_256_CBC_SHA: Self = Self(0xc020);
    /// `TLS_SRP_SHA_RSA_WITH_AES_256_CBC_SHA`, 0xc021.
    pub const TLS_SRP_SHA_RSA_WITH_AES_256_CBC_SHA: Self = Self(0xc021);
    /// `TLS_SRP_SHA_DSS_WITH_AES_256_CBC_SHA`, 0xc022.
    pub const TLS_SRP_SHA_DSS_WITH_AES_256_CBC_SHA: Self = Self(0xc022);
    /// `TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256`, 0xc023.
    pub const TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256: Self = Self(0xc023);
    /// `TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384`, 0xc024.
    pub const TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384: Self = Self(0xc024);
    /// `TLS_ECDH_ECDSA_WITH_AES_128_CBC_SHA256`, 0xc025.
    pub const TLS_ECDH_ECDSA_WITH_AES_128_CBC_SHA256: Self = Self(0xc025);
    /// `TLS_ECDH_ECDSA_WITH_AES_256_CBC_SHA384`, 0xc026.
    pub const TLS_ECDH_ECDSA_WITH_AES_256_CBC_SHA384: Self = Self(0xc026);
    /// `TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256`, 0xc027.
    pub const TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256: Self = Self(0xc027);
    /// `TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384`, 0xc028.
    pub const TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384: Self = Self(0xc028);
    /// `TLS_ECDH_RSA_WITH_AES_128_CBC_SHA256`, 0xc029.
    pub const TLS_ECDH_RSA_WITH_AES_128_CBC_SHA256: Self = Self(0xc029);
    /// `TLS_ECDH_RSA_WITH_AES_256_CBC_SHA384`, 0xc02a.
    pub const TLS_ECDH_RSA_WITH_AES_256_CBC_SHA384: Self = Self(0xc02a);
    /// `TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256`, 0xc02b.
    pub const TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: Self = Self(0xc02b);
    /// `TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384`, 0xc02c.
    pub const TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: Self = Self(0xc02c);
    /// `TLS_ECDH_ECDSA_WITH_AES_128_GCM_SHA256`, 0xc02d.
    pub const TLS_ECDH_ECDSA_WITH_AES_128_GCM_SHA256: Self = Self(0xc02d);
    /// `TLS_ECDH_ECDSA_WITH_AES_256_GCM_SHA384`, 0xc02e.
    pub const TLS_ECDH_ECDSA_WITH_AES_256_GCM_SHA384: Self = Self(0xc02e);
    /// `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`, 0xc02f.
    pub const TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: Self = Self(0xc02f);
    /// `TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384`, 0xc030.
    pub const TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: Self = Self(0xc030);
    /// `TLS_ECDH_RSA_WITH_AES_128_GCM_SHA256`, 0xc031.
    pub const TLS_ECDH_RSA_WITH_AES_128_GCM_SHA256: Self = Self(0xc031);
    /// `TLS_ECDH_RSA_WITH_AES_256_GCM_SHA384`, 0xc032.
    pub const TLS_ECDH_RSA_WITH_AES_256_GCM_SHA384: Self = Self(0xc032);
    /// `TLS_ECDHE_PSK_WITH_RC4_128_SHA`, 0xc033.
    pub const TLS_ECDHE_PSK_WITH_RC4_128_SHA: Self = Self(0xc033);
    /// `TLS_ECDHE_PSK_WITH_3DES_EDE_CBC_SHA`, 0xc034.
    pub const TLS_ECDHE_PSK_WITH_3DES_EDE_CBC_SHA: Self = Self(0xc034);
    /// `TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA`, 0xc035.
    pub const TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA: Self = Self(0xc035);
    /// `TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA`, 0xc036.
    pub const TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA: Self = Self(0xc036);
    /// `TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256`, 0xc037.
    pub const TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256: Self = Self(0xc037);
    /// `TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA384`, 0xc038.
    pub const TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA384: Self = Self(0xc038);
    /// `TLS_ECDHE_PSK_WITH_NULL_SHA`, 0xc039.
    pub const TLS_ECDHE_PSK_WITH_NULL_SHA: Self = Self(0xc039);
    /// `TLS_ECDHE_PSK_WITH_NULL_SHA256`, 0xc03a.
    pub const TLS_ECDHE_PSK_WITH_NULL_SHA256: Self = Self(0xc03a);
    /// `TLS_ECDHE_PSK_WITH_NULL_SHA384`, 0xc03b.
    pub const TLS_ECDHE_PSK_WITH_NULL_SHA384: Self = Self(0xc03b);
    /// `TLS_RSA_WITH_ARIA_128_CBC_SHA256`, 0xc03c.
    pub const TLS_RSA_WITH_ARIA_128_CBC_SHA256: Self = Self(0xc03c);
    /// `TLS_RSA_WITH_ARIA_256_CBC_SHA384`, 0xc03d.
    pub const TLS_RSA_WITH_ARIA_256_CBC_SHA384: Self = Self(0xc03d);
    /// `TLS_DH_DSS_WITH_ARIA_128_CBC_SHA256`, 0xc03e.
    pub const TLS_DH_DSS_WITH_ARIA_128_CBC_SHA256: Self = Self(0xc03e);
    /// `TLS_DH_DSS_WITH_ARIA_256_CBC_SHA384`, 0xc03f.
    pub const TLS_DH_DSS_WITH_ARIA_256_CBC_SHA384: Self = Self(0xc03f);
    /// `TLS_DH_RSA_WITH_ARIA_128_CBC_SHA256`, 0xc040.
    pub const TLS_DH_RSA_WITH_ARIA_128_CBC_SHA256: Self = Self(0xc040);
    /// `TLS_DH_RSA_WITH_ARIA_256_CBC_SHA384`, 0xc041.
    pub const TLS_DH_RSA_WITH_ARIA_256_CBC_SHA384: Self = Self(0xc041);
    /// `TLS_DHE_DSS_WITH_ARIA_128_CBC_SHA256`, 0xc042.
    pub const TLS_DHE_DSS_WITH_ARIA_128_CBC_SHA256: Self = Self(0xc042);
    /// `TLS_DHE_DSS_WITH_ARIA_256_CBC_SHA384`, 0xc043.
    pub const TLS_DHE_DSS_WITH_ARIA_256_CBC_SHA384: Self = Self(0xc043);
    /// `TLS_DHE_RSA_WITH_ARIA_128_CBC_SHA256`, 0xc044.
    pub const TLS_DHE_RSA_WITH_ARIA_128_CBC_SHA256: Self = Self(0xc044);
    /// `TLS_DHE_RSA_WITH_ARIA_256_CBC_SHA384`, 0xc045.
    pub const TLS_DHE_RSA_WITH_ARIA_256_CBC_SHA384: Self = Self(0xc045);
    /// `TLS_DH_anon_WITH_ARIA_128_CBC_SHA256`, 0xc046.
    pub const TLS_DH_ANON_WITH_ARIA_128_CBC_SHA256: Self = Self(0xc046);
    /// `TLS_DH_anon_WITH_ARIA_256_CBC_SHA384`, 0xc047.
    pub const TLS_DH_ANON_WITH_ARIA_256_CBC_SHA384: Self = Self(0xc047);
    /// `TLS_ECDHE_ECDSA_WITH_ARIA_128_CBC_SHA256`, 0xc048.
    pub const TLS_ECDHE_ECDSA_WITH_ARIA_128_CBC_SHA256: Self = Self(0xc048);
    /// `TLS_ECDHE_ECDSA_WITH_ARIA_256_CBC_SHA384`, 0xc049.
    pub const TLS_ECDHE_ECDSA_WITH_ARIA_256_CBC_SHA384: Self = Self(0xc049);
    /// `TLS_ECDH_ECDSA_WITH_ARIA_128_CBC_SHA256`, 0xc04a.
    pub const TLS_ECDH_ECDSA_WITH_ARIA_128_CBC_SHA256: Self = Self(0xc04a);
    /// `TLS_ECDH_ECDSA_WITH_ARIA_256_CBC_SHA384`, 0xc04b.
    pub const TLS_ECDH_ECDSA_WITH_ARIA_256_CBC_SHA384: Self = Self(0xc04b);
    /// `TLS_ECDHE_RSA_WITH_ARIA_128_CBC_SHA256`, 0xc04c.
    pub const TLS_ECDHE_RSA_WITH_ARIA_128_CBC_SHA256: Self = Self(0xc04c);
    /// `TLS_ECDHE_RSA_WITH_ARIA_256_CBC_SHA384`, 0xc04d.
    pub const TLS_ECDHE_RSA_WITH_ARIA_256_CBC_SHA384: Self = Self(0xc04d);
    /// `TLS_ECDH_RSA_WITH_ARIA_128_CBC_SHA256`, 0xc04e.
    pub const TLS_ECDH_RSA_WITH_ARIA_128_CBC_SHA256: Self = Self(0xc04e);
    /// `TLS_ECDH_RSA_WITH_ARIA_256_CBC_SHA384`, 0xc04f.
    pub const TLS_ECDH_RSA_WITH_ARIA_256_CBC_SHA384: Self = Self(0xc04f);
    /// `TLS_RSA_WITH_ARIA_128_GCM_SHA256`, 0xc050.
    pub const TLS_RSA_WITH_ARIA_128_GCM_SHA256: Self = Self(0xc050);
    /// `TLS_RSA_WITH_ARIA_256_GCM_SHA384`, 0xc051.
    pub const TLS_RSA_WITH_ARIA_256_GCM_SHA384: Self = Self(0xc051);
    /// `TLS_DHE_RSA_WITH_ARIA_128_GCM_SHA256`, 0xc052.
    pub const TLS_DHE_RSA_WITH_ARIA_128_GCM_SHA256: Self = Self(0xc052);
    /// `TLS_DHE_RSA_WITH_ARIA_256_GCM_SHA384`, 0xc053.
    pub const TLS_DHE_RSA_WITH_ARIA_256_GCM_SHA384: Self = Self(0xc053);
    /// `TLS_DH_RSA_WITH_ARIA_128_GCM_SHA256`, 0xc054.
    pub const TLS_DH_RSA_WITH_ARIA_128_GCM_SHA256: Self = Self(0xc054);
    /// `TLS_DH_RSA_WITH_ARIA_256_GCM_SHA384`, 0xc055.
    pub const TLS_DH_RSA_WITH_ARIA_256_GCM_SHA384: Self = Self(0xc055);
    /// `TLS_DHE_DSS_WITH_ARIA_128_GCM_SHA256`, 0xc056.
    pub const TLS_DHE_DSS_WITH_ARIA_128_GCM_SHA256: Self = Self(0xc056);
    /// `TLS_DHE_DSS_WITH_ARIA_256_GCM_SHA384`, 0xc057.
    pub const TLS_DHE_DSS_WITH_ARIA_256_GCM_SHA384: Self = Self(0xc057);
    /// `TLS_DH_DSS_WITH_ARIA_128_GCM_SHA256`, 0xc058.
    pub const TLS_DH_DSS_WITH_ARIA_128_GCM_SHA256: Self = Self(0xc058);
    /// `TLS_DH_DSS_WITH_ARIA_256_GCM_SHA384`, 0xc059.
    pub const TLS_DH_DSS_WITH_ARIA_256_GCM_SHA384: Self = Self(0xc059);
    /// `TLS_DH_anon_WITH_ARIA_128_GCM_SHA256`, 0xc05a.
    pub const TLS_DH_ANON_WITH_ARIA_128_GCM_SHA256: Self = Self(0xc05a);
    /// `TLS_DH_anon_WITH_ARIA_256_GCM_SHA384`, 0xc05b.
    pub const TLS_DH_ANON_WITH_ARIA_256_GCM_SHA384: Self = Self(0xc05b);
    /// `TLS_ECDHE_ECDSA_WITH_ARIA_128_GCM_SHA256`, 0xc05c.
    pub const TLS_ECDHE_ECDSA_WITH_ARIA_128_GCM_SHA256: Self = Self(0xc05c);
    /// `TLS_ECDHE_ECDSA_WITH_ARIA_256_GCM_SHA384`, 0xc05d.
    pub const TLS_ECDHE_ECDSA_WITH_ARIA_256_GCM_SHA384: Self = Self(0xc05d);
    /// `TLS_ECDH_ECDSA_WITH_ARIA_128_GCM_SHA256`, 0xc05e.
    pub const TLS_ECDH_ECDSA_WITH_ARIA_128_GCM_SHA256: Self = Self(0xc05e);
    /// `TLS_ECDH_ECDSA_WITH_ARIA_256_GCM_SHA384`, 0xc05f.
    pub const TLS_ECDH_ECDSA_WITH_ARIA_256_GCM_SHA384: Self = Self(0xc05f);
    /// `TLS_ECDHE_RSA_WITH_ARIA_128_GCM_SHA256`, 0xc060.
    pub const TLS_ECDHE_RSA_WITH_ARIA_128_GCM_SHA256: Self = Self(0xc060);
    /// `TLS_ECDHE_RSA_WITH_ARIA_256_GCM_SHA384`, 0xc061.
    pub const TLS_ECDHE_RSA_WITH_ARIA_256_GCM_SHA384: Self = Self(0xc061);
    /// `TLS_ECDH_RSA_WITH_ARIA_128_GCM_SHA256`, 0xc062.
    pub const TLS_ECDH_RSA_WITH_ARIA_128_GCM_SHA256: Self = Self(0xc062);
    /// `TLS_ECDH_RSA_WITH_ARIA_256_GCM_SHA384`, 0xc063.
    pub const TLS_ECDH_RSA_WITH_ARIA_256_GCM_SHA384: Self = Self(0xc063);
    /// `TLS_PSK_WITH_ARIA_128_CBC_SHA256`, 0xc064.
    pub const TLS_PSK_WITH_ARIA_128_CBC_SHA256: Self = Self(0xc064);
    /// `TLS_PSK_WITH_ARIA_256_CBC_SHA384`, 0xc065.
    pub const TLS_PSK_WITH_ARIA_256_CBC_SHA384: Self = Self(0xc065);
    /// `TLS_DHE_PSK_WITH_ARIA_128_CBC_SHA256`, 0xc066.
    pub const TLS_DHE_PSK_WITH_ARIA_128_CBC_SHA256: Self = Self(0xc066);
    /// `TLS_DHE_PSK_WITH_ARIA_256_CBC_SHA384`, 0xc067.
    pub const TLS_DHE_PSK_WITH_ARIA_256_CBC_SHA384: Self = Self(0xc067);
    /// `TLS_RSA_PSK_WITH_ARIA_128_CBC_SHA256`, 0xc068.
    pub const TLS_RSA_PSK_WITH_ARIA_128_CBC_SHA256: Self = Self(0xc068);
    /// `TLS_RSA_PSK_WITH_ARIA_256_CBC_SHA384`, 0xc069.
    pub const TLS_RSA_PSK_WITH_ARIA_256_CBC_SHA384: Self = Self(0xc069);
    /// `TLS_PSK_WITH_ARIA_128_GCM_SHA256`, 0xc06a.
    pub const TLS_PSK_WITH_ARIA_128_GCM_SHA256: Self = Self(0xc06a);
    /// `TLS_PSK_WITH_ARIA_256_GCM_SHA384`, 0xc06b.
    pub const TLS_PSK_WITH_ARIA_256_GCM_SHA384: Self = Self(0xc06b);
    /// `TLS_DHE_PSK_WITH_ARIA_128_GCM_SHA256`, 0xc06c.
    pub const TLS_DHE_PSK_WITH_ARIA_128_GCM_SHA256: Self = Self(0xc06c);
    /// `TLS_DHE_PSK_WITH_ARIA_256_GCM_SHA384`, 0xc06d.
    pub const TLS_DHE_PSK_WITH_ARIA_256_GCM_SHA384: Self = Self(0xc06d);
    /// `TLS_RSA_PSK_WITH_ARIA_128_GCM_SHA256`, 0xc06e.
    pub const TLS_RSA_PSK_WITH_ARIA_128_GCM_SHA256: Self = Self(0xc06e);
    /// `TLS_RSA_PSK_WITH_ARIA_256_GCM_SHA384`, 0xc06f.
    pub const TLS_RSA_PSK_WITH_ARIA_256_GCM_SHA384: Self = Self(0xc06f);
    /// `TLS_ECDHE_PSK_WITH_ARIA_128_CBC_SHA256`, 0xc070.
    pub const TLS_ECDHE_PSK_WITH_ARIA_128_CBC_SHA256: Self = Self(0xc070);
    /// `TLS_ECDHE_PSK_WITH_ARIA_256_CBC_SHA384`, 0xc071.
    pub const TLS_ECDHE_PSK_WITH_ARIA_256_CBC_SHA384: Self = Self(0xc071);
    /// `TLS_ECDHE_ECDSA_WITH_CAMELLIA_128_CBC_SHA256`, 0xc072.
    pub const TLS_ECDHE_ECDSA_WITH_CAMELLIA_128_CBC_SHA256: Self = Self(0xc072);
    /// `TLS_ECDHE_ECDSA_WITH_CAMELLIA_256_CBC_SHA384`, 0xc073.
    pub const TLS_ECDHE_ECDSA_WITH_CAMELLIA_256_CBC_SHA384: Self = Self(0xc073);
    /// `TLS_ECDH_ECDSA_WITH_CAMELLIA_128_CBC_SHA256`, 0xc074.
    pub const TLS_ECDH_ECDSA_WITH_CAMELLIA_128_CBC_SHA256: Self = Self(0xc074);
    /// `TLS_ECDH_ECDSA_WITH_CAMELLIA_256_CBC_SHA384`, 0xc075.
    pub const TLS_ECDH_ECDSA_WITH_CAMELLIA_256_CBC_SHA384: Self = Self(0xc075);
    /// `TLS_ECDHE_RSA_WITH_CAMELLIA_128_CBC_SHA256`, 0xc076.
    pub const TLS_ECDHE_RSA_WITH_CAMELLIA_128_CBC_SHA256: Self = Self(0xc076);
    /// `TLS_ECDHE_RSA_WITH_CAMELLIA_256_CBC_SHA384`, 0xc077.
    pub const TLS_ECDHE_RSA_WITH_CAMELLIA_256_CBC_SHA384: Self = Self(0xc077);
    /// `TLS_ECDH_RSA_WITH_CAMELLIA_128_CBC_SHA256`, 0xc078.
    pub const TLS_ECDH_RSA_WITH_CAMELLIA_128_CBC_SHA256: Self = Self(0xc078);
    /// `TLS_ECDH_RSA_WITH_CAMELLIA_256_CBC_SHA384`, 0xc079.
    pub const TLS_ECDH_RSA_WITH_CAMELLIA_256_CBC_SHA384: Self = Self(0xc079);
    /// `TLS_RSA_WITH_CAMELLIA_128_GCM_SHA256`, 0xc07a.
    pub const TLS_RSA_WITH_CAMELLIA_128_GCM_SHA256: Self = Self(0xc07a);
    /// `TLS_RSA_WITH_CAMELLIA_256_GCM_SHA384`, 0xc07b.
    pub const TLS_RSA_WITH_CAMELLIA_256_GCM_SHA384: Self = Self(0xc07b);
    /// `TLS_DHE_RSA_WITH_CAMELLIA_128_GCM_SHA256`, 0xc07c.
    pub const TLS_DHE_RSA_WITH_CAMELLIA_128_GCM_SHA256: Self = Self(0xc07c);
    /// `TLS_DHE_RSA_WITH_CAMELLIA_256_GCM_SHA384`, 0xc07d.
    pub const TLS_DHE_RSA_WITH_CAMELLIA_256_GCM_SHA384: Self = Self(0xc07d);
    /// `TLS_DH_RSA_WITH_CAMELLIA_128_GCM_SHA256`, 0xc07e.
    pub const TLS_DH_RSA_WITH_CAMELLIA_128_GCM_SHA256: Self = Self(0xc07e);
    /// `TLS_DH_RSA_WITH_CAMELLIA_256_GCM_SHA384`, 0xc07f.
    pub const TLS_DH_RSA_WITH_CAMELLIA_256_GCM_SHA384: Self = Self(0xc07f);
    /// `TLS_DHE_DSS_WITH_CAMELLIA_128_GCM_SHA256`, 0xc080.
    pub const TLS_DHE_DSS_WITH_CAMELLIA_128_GCM_SHA256: Self = Self(0xc080);
    /// `TLS_DHE_DSS_WITH_CAMELLIA_256_GCM_SHA384`, 0xc081.
    pub const TLS_DHE_DSS_WITH_CAMELLIA_256_GCM_SHA384: Self = Self(0xc081);
    /// `TLS_DH_DSS_WITH_CAMELLIA_128_GCM_SHA256`, 0xc082.
    pub const TLS_DH_DSS_WITH_CAMELLIA_128_GCM_SHA256: Self = Self(0xc082);
    /// `TLS_DH_DSS_WITH_CAMELLIA_256_GCM_SHA384`, 0xc083.
    pub const TLS_DH_DSS_WITH_CAMELLIA_256_GCM_SHA384: Self = Self(0xc083);
    /// `TLS_DH_anon_WITH_CAMELLIA_128_GCM_SHA256`, 0xc084.
    pub const TLS_DH_ANON_WITH_CAMELLIA_128_GCM_SHA256: Self = Self(0xc084);
    /// `TLS_DH_anon_WITH_CAMELLIA_256_GCM_SHA384`, 0xc085.
    pub const TLS_DH_ANON_WITH_CAMELLIA_256_GCM_SHA384: Self = Self(0xc085);
    /// `TLS_ECDHE_ECDSA_WITH_CAMELLIA_128_GCM_SHA256`, 0xc086.
    pub const TLS_ECDHE_ECDSA_WITH_CAMELLIA_128_GCM_SHA256: Self = Self(0xc086);
    /// `TLS_ECDHE_ECDSA_WITH_CAMELLIA_256_GCM_SHA384`, 0xc087.
    pub const TLS_ECDHE_ECDSA_WITH_CAMELLIA_256_GCM_SHA384: Self = Self(0xc087);
    /// `TLS_ECDH_ECDSA_WITH_CAMELLIA_128_GCM_SHA256`, 0xc088.
    pub const TLS_ECDH_ECDSA_WITH_CAMELLIA_128_GCM_SHA256: Self = Self(0xc088);
    /// `TLS_ECDH_ECDSA_WITH_CAMELLIA_256_GCM_SHA384`, 0xc089.
    pub const TLS_ECDH_ECDSA_WITH_CAMELLIA_256_GCM_SHA384: Self = Self(0xc089);
    /// `TLS_ECDHE_RSA_WITH_CAMELLIA_128_GCM_SHA256`, 0xc08a.
    pub const TLS_ECDHE_RSA_WITH_CAMELLIA_128_GCM_SHA256: Self = Self(0xc08a);
    /// `TLS_ECDHE_RSA_WITH_CAMELLIA_256_GCM_SHA384`, 0xc08b.
    pub const TLS_ECDHE_RSA_WITH_CAMELLIA_256_GCM_SHA384: Self = Self(0xc08b);
    /// `TLS_ECDH_RSA_WITH_CAMELLIA_128_GCM_SHA256`, 0xc08c.
    pub const TLS_ECDH_RSA_WITH_CAMELLIA_128_GCM_SHA256: Self = Self(0xc08c);
    /// `TLS_ECDH_RSA_WITH_CAMELLIA_256_GCM_SHA384`, 0xc08d.
    pub const TLS_ECDH_RSA_WITH_CAMELLIA_256_GCM_SHA384: Self = Self(0xc08d);
    /// `TLS_PSK_WITH_CAMELLIA_128_GCM_SHA256`, 0xc08e.
    pub const TLS_PSK_WITH_CAMELLIA_128_GCM_SHA256: Self = Self(0xc08e);
    /// `TLS_PSK_WITH_CAMELLIA_256_GCM_SHA384`, 0xc08f.
    pub const TLS_PSK_WITH_CAMELLIA_256_GCM_SHA384: Self = Self(0xc08f);
    /// `TLS_DHE_PSK_WITH_CAMELLIA_128_GCM_SHA256`, 0xc090.
    pub const TLS_DHE_PSK_WITH_CAMELLIA_128_GCM_SHA256: Self = Self(0xc090);
    /// `TLS_DHE_PSK_WITH_CAMELLIA_256_GCM_SHA384`, 0xc091.
    pub const TLS_DHE_PSK_WITH_CAMELLIA_256_GCM_SHA384: Self = Self(0xc091);
    /// `TLS_RSA_PSK_WITH_CAMELLIA_128_GCM_SHA256`, 0xc092.
    pub const TLS_RSA_PSK_WITH_CAMELLIA_128_GCM_SHA256: Self = Self(0xc092);
    /// `TLS_RSA_PSK_WITH_CAMELLIA_256_GCM_SHA384`, 0xc093.
    pub const TLS_RSA_PSK_WITH_CAMELLIA_256_GCM_SHA384: Self = Self(0xc093);
    /// `TLS_PSK_WITH_CAMELLIA_128_CBC_SHA256`, 0xc094.
    pub const TLS_PSK_WITH_CAMELLIA_128_CBC_SHA256: Self = Self(0xc094);
    /// `TLS_PSK_WITH_CAMELLIA_256_CBC_SHA384`, 0xc095.
    pub const TLS_PSK_WITH_CAMELLIA_256_CBC_SHA384: Self = Self(0xc095);
    /// `TLS_DHE_PSK_WITH_CAMELLIA_128_CBC_SHA256`, 0xc096.
    pub const TLS_DHE_PSK_WITH_CAMELLIA_128_CBC_SHA256: Self = Self(0xc096);
    /// `TLS_DHE_PSK_WITH_CAMELLIA_256_CBC_SHA384`, 0xc097.
    pub const TLS_DHE_PSK_WITH_CAMELLIA_256_CBC_SHA384: Self = Self(0xc097);
    /// `TLS_RSA_PSK_WITH_CAMELLIA_128_CBC_SHA256`, 0xc098.
    pub const TLS_RSA_PSK_WITH_CAMELLIA_128_CBC_SHA256: Self = Self(0xc098);
    /// `TLS_RSA_PSK_WITH_CAMELLIA_256_CBC_SHA384`, 0xc099.
    pub const TLS_RSA_PSK_WITH_CAMELLIA_256_CBC_SHA384: Self = Self(0xc099);
    /// `TLS_ECDHE_PSK_WITH_CAMELLIA_128_CBC_SHA256`, 0xc09a.
    pub const TLS_ECDHE_PSK_WITH_CAMELLIA_128_CBC_SHA256: Self = Self(0xc09a);
    /// `TLS_ECDHE_PSK_WITH_CAMELLIA_256_CBC_SHA384`, 0xc09b.
    pub const TLS_ECDHE_PSK_WITH_CAMELLIA_256_CBC_SHA384: Self = Self(0xc09b);
    /// `TLS_RSA_WITH_AES_128_CCM`, 0xc09c.
    pub const TLS_RSA_WITH_AES_128_CCM: Self = Self(0xc09c);
    /// `TLS_RSA_WITH_AES_256_CCM`, 0xc09d.
    pub const TLS_RSA_WITH_AES_256_CCM: Self = Self(0xc09d);
    /// `TLS_DHE_RSA_WITH_AES_128_CCM`, 0xc09e.
    pub const TLS_DHE_RSA_WITH_AES_128_CCM: Self = Self(0xc09e);
    /// `TLS_DHE_RSA_WITH_AES_256_CCM`, 0xc09f.
    pub const TLS_DHE_RSA_WITH_AES_256_CCM: Self = Self(0xc09f);
    /// `TLS_RSA_WITH_AES_128_CCM_8`, 0xc0a0.
    pub const TLS_RSA_WITH_AES_128_CCM_8: Self = Self(0xc0a0);
    /// `TLS_RSA_WITH_AES_256_CCM_8`, 0xc0a1.
    pub const TLS_RSA_WITH_AES_256_CCM_8: Self = Self(0xc0a1);
    /// `TLS_DHE_RSA_WITH_AES_128_CCM_8`, 0xc0a2.
    pub const TLS_DHE_RSA_WITH_AES_128_CCM_8: Self = Self(0xc0a2);
    /// `TLS_DHE_RSA_WITH_AES_256_CCM_8`, 0xc0a3.
    pub const TLS_DHE_RSA_WITH_AES_256_CCM_8: Self = Self(0xc0a3);
    /// `TLS_PSK_WITH_AES_128_CCM`, 0xc0a4.
    pub const TLS_PSK_WITH_AES_128_CCM: Self = Self(0xc0a4);
    /// `TLS_PSK_WITH_AES_256_CCM`, 0xc0a5.
    pub const TLS_PSK_WITH_AES_256_CCM: Self = Self(0xc0a5);
    /// `TLS_DHE_PSK_WITH_AES_128_CCM`, 0xc0a6.
    pub const TLS_DHE_PSK_WITH_AES_128_CCM: Self = Self(0xc0a6);
    /// `TLS_DHE_PSK_WITH_AES_256_CCM`, 0xc0a7.
    pub const TLS_DHE_PSK_WITH_AES_256_CCM: Self = Self(0xc0a7);
    /// `TLS_PSK_WITH_AES_128_CCM_8`, 0xc0a8.
    pub const TLS_PSK_WITH_AES_128_CCM_8: Self = Self(0xc0a8);
    /// `TLS_PSK_WITH_AES_256_CCM_8`, 0xc0a9.
    pub const TLS_PSK_WITH_AES_256_CCM_8: Self = Self(0xc0a9);
    /// `TLS_PSK_DHE_WITH_AES_128_CCM_8`, 0xc0aa.
    pub const TLS_PSK_DHE_WITH_AES_128_CCM_8: Self = Self(0xc0aa);
    /// `TLS_PSK_DHE_WITH_AES_256_CCM_8`, 0xc0ab.
    pub const TLS_PSK_DHE_WITH_AES_256_CCM_8: Self = Self(0xc0ab);
    /// `TLS_ECDHE_ECDSA_WITH_AES_128_CCM`, 0xc0ac.
    pub const TLS_ECDHE_ECDSA_WITH_AES_128_CCM: Self = Self(0xc0ac);
    /// `TLS_ECDHE_ECDSA_WITH_AES_256_CCM`, 0xc0ad.
    pub const TLS_ECDHE_ECDSA_WITH_AES_256_CCM: Self = Self(0xc0ad);
    /// `TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8`, 0xc0ae.
    pub const TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8: Self = Self(0xc0ae);
    /// `TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8`, 0xc0af.
    pub const TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8: Self = Self(0xc0af);
    /// `TLS_ECCPWD_WITH_AES_128_GCM_SHA256`, 0xc0b0.
    pub const TLS_ECCPWD_WITH_AES_128_GCM_SHA256: Self = Self(0xc0b0);
    /// `TLS_ECCPWD_WITH_AES_256_GCM_SHA384`, 0xc0b1.
    pub const TLS_ECCPWD_WITH_AES_256_GCM_SHA384: Self = Self(0xc0b1);
    /// `TLS_ECCPWD_WITH_AES_128_CCM_SHA256`, 0xc0b2.
    pub const TLS_ECCPWD_WITH_AES_128_CCM_SHA256: Self = Self(0xc0b2);
    /// `TLS_ECCPWD_WITH_AES_256_CCM_SHA384`, 0xc0b3.
    pub const TLS_ECCPWD_WITH_AES_256_CCM_SHA384: Self = Self(0xc0b3);
    /// `TLS_SHA256_SHA256`, 0xc0b4.
    pub const TLS_SHA256_SHA256: Self = Self(0xc0b4);
    /// `TLS_SHA384_SHA384`, 0xc0b5.
    pub const TLS_SHA384_SHA384: Self = Self(0xc0b5);
    /// `TLS_GOSTR341112_256_WITH_KUZNYECHIK_CTR_OMAC`, 0xc100.
    pub const TLS_GOSTR341112_256_WITH_KUZNYECHIK_CTR_OMAC: Self = Self(0xc100);
    /// `TLS_GOSTR341112_256_WITH_MAGMA_CTR_OMAC`, 0xc101.
    pub const TLS_GOSTR341112_256_WITH_MAGMA_CTR_OMAC: Self = Self(0xc101);
    /// `TLS_GOSTR341112_256_WITH_28147_CNT_IMIT`, 0xc102.
    pub const TLS_GOSTR341112_256_WITH_28147_CNT_IMIT: Self = Self(0xc102);
    /// `TLS_GOSTR341112_256_WITH_KUZNYECHIK_MGM_L`, 0xc103.
    pub const TLS_GOSTR341112_256_WITH_KUZNYECHIK_MGM_L: Self = Self(0xc103);
    /// `TLS_GOSTR341112_256_WITH_MAGMA_MGM_L`, 0xc104.
    pub const TLS_GOSTR341112_256_WITH_MAGMA_MGM_L: Self = Self(0xc104);
    /// `TLS_GOSTR341112_256_WITH_KUZNYECHIK_MGM_S`, 0xc105.
    pub const TLS_GOSTR341112_256_WITH_KUZNYECHIK_MGM_S: Self = Self(0xc105);
    /// `TLS_GOSTR341112_256_WITH_MAGMA_MGM_S`, 0xc106.
    pub const TLS_GOSTR341112_256_WITH_MAGMA_MGM_S: Self = Self(0xc106);
    /// `TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_OLD_SHA256`, 0xcc13.
    pub const TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_OLD_SHA256: Self = Self(0xcc13);
    /// `TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_OLD_SHA256`, 0xcc14.
    pub const TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_OLD_SHA256: Self = Self(0xcc14);
    /// `TLS_DHE_RSA_WITH_CHACHA20_POLY1305_OLD_SHA256`, 0xcc15.
    pub const TLS_DHE_RSA_WITH_CHACHA20_POLY1305_OLD_SHA256: Self = Self(0xcc15);
    /// `TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256`, 0xcca8.
    pub const TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: Self = Self(0xcca8);
    /// `TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256`, 0xcca9.
    pub const TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: Self = Self(0xcca9);
    /// `TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256`, 0xccaa.
    pub const TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256: Self = Self(0xccaa);
    /// `TLS_PSK_WITH_CHACHA20_POLY1305_SHA256`, 0xccab.
    pub const TLS_PSK_WITH_CHACHA20_POLY1305_SHA256: Self = Self(0xccab);
    /// `TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256`, 0xccac.
    pub const TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256: Self = Self(0xccac);
    /// `TLS_DHE_PSK_WITH_CHACHA20_POLY1305_SHA256`, 0xccad.
    pub const TLS_DHE_PSK_WITH_CHACHA20_POLY1305_SHA256: Self = Self(0xccad);
    /// `TLS_RSA_PSK_WITH_CHACHA20_POLY1305_SHA256`, 0xccae.
    pub const TLS_RSA_PSK_WITH_CHACHA20_POLY1305_SHA256: Self = Self(0xccae);
    /// `TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256`, 0xd001.
    pub const TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256: Self = Self(0xd001);
    /// `TLS_ECDHE_PSK_WITH_AES_256_GCM_SHA384`, 0xd002.
    pub const TLS_ECDHE_PSK_WITH_AES_256_GCM_SHA384: Self = Self(0xd002);
    /// `TLS_ECDHE_PSK_WITH_AES_128_CCM_8_SHA256`, 0xd003.
    pub const TLS_ECDHE_PSK_WITH_AES_128_CCM_8_SHA256: Self = Self(0xd003);
    /// `TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256`, 0xd005.
    pub const TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256: Self = Self(0xd005);
    /// `SSL_RSA_FIPS_WITH_DES_CBC_SHA`, 0xfefe.
    pub const SSL_RSA_FIPS_WITH_DES_CBC_SHA: Self = Self(0xfefe);
    /// `SSL_RSA_FIPS_WITH_3DES_EDE_CBC_SHA`, 0xfeff.
    pub const SSL_RSA_FIPS_WITH_3DES_EDE_CBC_SHA: Self = Self(0xfeff);
    /// `TLS_GOSTR341112_256_WITH_28147_CNT_IMIT_LEGACY`, 0xff85.
    pub const TLS_GOSTR341112_256_WITH_28147_CNT_IMIT_LEGACY: Self = Self(0xff85);

    /// The name in IANA's registry (or, where IANA gives none, the usual one); `None` for a number that we
    /// do not know.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x0000 => "TLS_NULL_WITH_NULL_NULL",
            0x0001 => "TLS_RSA_WITH_NULL_MD5",
            0x0002 => "TLS_RSA_WITH_NULL_SHA",
            0x0003 => "TLS_RSA_EXPORT_WITH_RC4_40_MD5",
            0x0004 => "TLS_RSA_WITH_RC4_128_MD5",
            0x0005 => "TLS_RSA_WITH_RC4_128_SHA",
            0x0006 => "TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5",
            0x0007 => "TLS_RSA_WITH_IDEA_CBC_SHA",
            0x0008 => "TLS_RSA_EXPORT_WITH_DES40_CBC_SHA",
            0x0009 => "TLS_RSA_WITH_DES_CBC_SHA",
            0x000a => "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
            0x000b => "TLS_DH_DSS_EXPORT_WITH_DES40_CBC_SHA",
            0x000c => "TLS_DH_DSS_WITH_DES_CBC_SHA",
            0x000d => "TLS_DH_DSS_WITH_3DES_EDE_CBC_SHA",
            0x000e => "TLS_DH_RSA_EXPORT_WITH_DES40_CBC_SHA",
            0x000f => "TLS_DH_RSA_WITH_DES_CBC_SHA",
            0x0010 => "TLS_DH_RSA_WITH_3DES_EDE_CBC_SHA",
            0x0011 => "TLS_DHE_DSS_EXPORT_WITH_DES40_CBC_SHA",
            0x0012 => "TLS_DHE_DSS_WITH_DES_CBC_SHA",
            0x0013 => "TLS_DHE_DSS_WITH_3DES_EDE_CBC_SHA",
            0x0014 => "TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA",
            0x0015 => "TLS_DHE_RSA_WITH_DES_CBC_SHA",
            0x0016 => "TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA",
            0x0017 => "TLS_DH_anon_EXPORT_WITH_RC4_40_MD5",
            0x0018 => "TLS_DH_anon_WITH_RC4_128_MD5",
            0x0019 => "TLS_DH_anon_EXPORT_WITH_DES40_CBC_SHA",
            0x001a => "TLS_DH_anon_WITH_DES_CBC_SHA",
            0x001b => "TLS_DH_anon_WITH_3DES_EDE_CBC_SHA",
            0x001e => "TLS_KRB5_WITH_DES_CBC_SHA",
            0x001f => "TLS_KRB5_WITH_3DES_EDE_CBC_SHA",
            0x0020 => "TLS_KRB5_WITH_RC4_128_SHA",
            0x0021 => "TLS_KRB5_WITH_IDEA_CBC_SHA",
            0x0022 => "TLS_KRB5_WITH_DES_CBC_MD5",
            0x0023 => "TLS_KRB5_WITH_3DES_EDE_CBC_MD5",
            0x0024 => "TLS_KRB5_WITH_RC4_128_MD5",
            0x0025 => "TLS_KRB5_WITH_IDEA_CBC_MD5",
            0x0026 => "TLS_KRB5_EXPORT_WITH_DES_CBC_40_SHA",
            0x0027 => "TLS_KRB5_EXPORT_WITH_RC2_CBC_40_SHA",
            0x0028 => "TLS_KRB5_EXPORT_WITH_RC4_40_SHA",
            0x0029 => "TLS_KRB5_EXPORT_WITH_DES_CBC_40_MD5",
            0x002a => "TLS_KRB5_EXPORT_WITH_RC2_CBC_40_MD5",
            0x002b => "TLS_KRB5_EXPORT_WITH_RC4_40_MD5",
            0x002c => "TLS_PSK_WITH_NULL_SHA",
            0x002d => "TLS_DHE_PSK_WITH_NULL_SHA",
            0x002e => "TLS_RSA_PSK_WITH_NULL_SHA",
            0x002f => "TLS_RSA_WITH_AES_128_CBC_SHA",
            0x0030 => "TLS_DH_DSS_WITH_AES_128_CBC_SHA",
            0x0031 => "TLS_DH_RSA_WITH_AES_128_CBC_SHA",
            0x0032 => "TLS_DHE_DSS_WITH_AES_128_CBC_SHA",
            0x0033 => "TLS_DHE_RSA_WITH_AES_128_CBC_SHA",
            0x0034 => "TLS_DH_anon_WITH_AES_128_CBC_SHA",
            0x0035 => "TLS_RSA_WITH_AES_256_CBC_SHA",
            0x0036 => "TLS_DH_DSS_WITH_AES_256_CBC_SHA",
            0x0037 => "TLS_DH_RSA_WITH_AES_256_CBC_SHA",
            0x0038 => "TLS_DHE_DSS_WITH_AES_256_CBC_SHA",
            0x0039 => "TLS_DHE_RSA_WITH_AES_256_CBC_SHA",
            0x003a => "TLS_DH_anon_WITH_AES_256_CBC_SHA",
            0x003b => "TLS_RSA_WITH_NULL_SHA256",
            0x003c => "TLS_RSA_WITH_AES_128_CBC_SHA256",
            0x003d => "TLS_RSA_WITH_AES_256_CBC_SHA256",
            0x003e => "TLS_DH_DSS_WITH_AES_128_CBC_SHA256",
            0x003f => "TLS_DH_RSA_WITH_AES_128_CBC_SHA256",
            0x0040 => "TLS_DHE_DSS_WITH_AES_128_CBC_SHA256",
            0x0041 => "TLS_RSA_WITH_CAMELLIA_128_CBC_SHA",
            0x0042 => "TLS_DH_DSS_WITH_CAMELLIA_128_CBC_SHA",
            0x0043 => "TLS_DH_RSA_WITH_CAMELLIA_128_CBC_SHA",
            0x0044 => "TLS_DHE_DSS_WITH_CAMELLIA_128_CBC_SHA",
            0x0045 => "TLS_DHE_RSA_WITH_CAMELLIA_128_CBC_SHA",
            0x0046 => "TLS_DH_anon_WITH_CAMELLIA_128_CBC_SHA",
            0x0060 => "TLS_RSA_EXPORT1024_WITH_RC4_56_MD5",
            0x0061 => "TLS_RSA_EXPORT1024_WITH_RC2_CBC_56_MD5",
            0x0062 => "TLS_RSA_EXPORT1024_WITH_DES_CBC_SHA",
            0x0063 => "TLS_DHE_DSS_EXPORT1024_WITH_DES_CBC_SHA",
            0x0064 => "TLS_RSA_EXPORT1024_WITH_RC4_56_SHA",
            0x0065 => "TLS_DHE_DSS_EXPORT1024_WITH_RC4_56_SHA",
            0x0066 => "TLS_DHE_DSS_WITH_RC4_128_SHA",
            0x0067 => "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256",
            0x0068 => "TLS_DH_DSS_WITH_AES_256_CBC_SHA256",
            0x0069 => "TLS_DH_RSA_WITH_AES_256_CBC_SHA256",
            0x006a => "TLS_DHE_DSS_WITH_AES_256_CBC_SHA256",
            0x006b => "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256",
            0x006c => "TLS_DH_anon_WITH_AES_128_CBC_SHA256",
            0x006d => "TLS_DH_anon_WITH_AES_256_CBC_SHA256",
            0x0080 => "TLS_GOSTR341094_WITH_28147_CNT_IMIT",
            0x0081 => "TLS_GOSTR341001_WITH_28147_CNT_IMIT",
            0x0082 => "TLS_GOSTR341094_WITH_NULL_GOSTR3411",
            0x0083 => "TLS_GOSTR341001_WITH_NULL_GOSTR3411",
            0x0084 => "TLS_RSA_WITH_CAMELLIA_256_CBC_SHA",
            0x0085 => "TLS_DH_DSS_WITH_CAMELLIA_256_CBC_SHA",
            0x0086 => "TLS_DH_RSA_WITH_CAMELLIA_256_CBC_SHA",
            0x0087 => "TLS_DHE_DSS_WITH_CAMELLIA_256_CBC_SHA",
            0x0088 => "TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA",
            0x0089 => "TLS_DH_anon_WITH_CAMELLIA_256_CBC_SHA",
            0x008a => "TLS_PSK_WITH_RC4_128_SHA",
            0x008b => "TLS_PSK_WITH_3DES_EDE_CBC_SHA",
            0x008c => "TLS_PSK_WITH_AES_128_CBC_SHA",
            0x008d => "TLS_PSK_WITH_AES_256_CBC_SHA",
            0x008e => "TLS_DHE_PSK_WITH_RC4_128_SHA",
            0x008f => "TLS_DHE_PSK_WITH_3DES_EDE_CBC_SHA",
            0x0090 => "TLS_DHE_PSK_WITH_AES_128_CBC_SHA",
            0x0091 => "TLS_DHE_PSK_WITH_AES_256_CBC_SHA",
            0x0092 => "TLS_RSA_PSK_WITH_RC4_128_SHA",
            0x0093 => "TLS_RSA_PSK_WITH_3DES_EDE_CBC_SHA",
            0x0094 => "TLS_RSA_PSK_WITH_AES_128_CBC_SHA",
            0x0095 => "TLS_RSA_PSK_WITH_AES_256_CBC_SHA",
            0x0096 => "TLS_RSA_WITH_SEED_CBC_SHA",
            0x0097 => "TLS_DH_DSS_WITH_SEED_CBC_SHA",
            0x0098 => "TLS_DH_RSA_WITH_SEED_CBC_SHA",
            0x0099 => "TLS_DHE_DSS_WITH_SEED_CBC_SHA",
            0x009a => "TLS_DHE_RSA_WITH_SEED_CBC_SHA",
            0x009b => "TLS_DH_anon_WITH_SEED_CBC_SHA",
            0x009c => "TLS_RSA_WITH_AES_128_GCM_SHA256",
            0x009d => "TLS_RSA_WITH_AES_256_GCM_SHA384",
            0x009e => "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
            0x009f => "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384",
            0x00a0 => "TLS_DH_RSA_WITH_AES_128_GCM_SHA256",
            0x00a1 => "TLS_DH_RSA_WITH_AES_256_GCM_SHA384",
            0x00a2 => "TLS_DHE_DSS_WITH_AES_128_GCM_SHA256",
            0x00a3 => "TLS_DHE_DSS_WITH_AES_256_GCM_SHA384",
            0x00a4 => "TLS_DH_DSS_WITH_AES_128_GCM_SHA256",
            0x00a5 => "TLS_DH_DSS_WITH_AES_256_GCM_SHA384",
            0x00a6 => "TLS_DH_anon_WITH_AES_128_GCM_SHA256",
            0x00a7 => "TLS_DH_anon_WITH_AES_256_GCM_SHA384",
            0x00a8 => "TLS_PSK_WITH_AES_128_GCM_SHA256",
            0x00a9 => "TLS_PSK_WITH_AES_256_GCM_SHA384",
            0x00aa => "TLS_DHE_PSK_WITH_AES_128_GCM_SHA256",
            0x00ab => "TLS_DHE_PSK_WITH_AES_256_GCM_SHA384",
            0x00ac => "TLS_RSA_PSK_WITH_AES_128_GCM_SHA256",
            0x00ad => "TLS_RSA_PSK_WITH_AES_256_GCM_SHA384",
            0x00ae => "TLS_PSK_WITH_AES_128_CBC_SHA256",
            0x00af => "TLS_PSK_WITH_AES_256_CBC_SHA384",
            0x00b0 => "TLS_PSK_WITH_NULL_SHA256",
            0x00b1 => "TLS_PSK_WITH_NULL_SHA384",
            0x00b2 => "TLS_DHE_PSK_WITH_AES_128_CBC_SHA256",
            0x00b3 => "TLS_DHE_PSK_WITH_AES_256_CBC_SHA384",
            0x00b4 => "TLS_DHE_PSK_WITH_NULL_SHA256",
            0x00b5 => "TLS_DHE_PSK_WITH_NULL_SHA384",
            0x00b6 => "TLS_RSA_PSK_WITH_AES_128_CBC_SHA256",
            0x00b7 => "TLS_RSA_PSK_WITH_AES_256_CBC_SHA384",
            0x00b8 => "TLS_RSA_PSK_WITH_NULL_SHA256",
            0x00b9 => "TLS_RSA_PSK_WITH_NULL_SHA384",
            0x00ba => "TLS_RSA_WITH_CAMELLIA_128_CBC_SHA256",
            0x00bb => "TLS_DH_DSS_WITH_CAMELLIA_128_CBC_SHA256",
            0x00bc => "TLS_DH_RSA_WITH_CAMELLIA_128_CBC_SHA256",
            0x00bd => "TLS_DHE_DSS_WITH_CAMELLIA_128_CBC_SHA256",
            0x00be => "TLS_DHE_RSA_WITH_CAMELLIA_128_CBC_SHA256",
            0x00bf => "TLS_DH_anon_WITH_CAMELLIA_128_CBC_SHA256",
            0x00c0 => "TLS_RSA_WITH_CAMELLIA_256_CBC_SHA256",
            0x00c1 => "TLS_DH_DSS_WITH_CAMELLIA_256_CBC_SHA256",
            0x00c2 => "TLS_DH_RSA_WITH_CAMELLIA_256_CBC_SHA256",
            0x00c3 => "TLS_DHE_DSS_WITH_CAMELLIA_256_CBC_SHA256",
            0x00c4 => "TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA256",
            0x00c5 => "TLS_DH_anon_WITH_CAMELLIA_256_CBC_SHA256",
            0x00c6 => "TLS_SM4_GCM_SM3",
            0x00c7 => "TLS_SM4_CCM_SM3",
            0x00ff => "TLS_EMPTY_RENEGOTIATION_INFO_SCSV",
            0x1301 => "TLS_AES_128_GCM_SHA256",
            0x1302 => "TLS_AES_256_GCM_SHA384",
            0x1303 => "TLS_CHACHA20_POLY1305_SHA256",
            0x1304 => "TLS_AES_128_CCM_SHA256",
            0x1305 => "TLS_AES_128_CCM_8_SHA256",
            0x1306 => "TLS_AEGIS_256_SHA512",
            0x1307 => "TLS_AEGIS_128L_SHA256",
            0x5600 => "TLS_FALLBACK_SCSV",
            0xc001 => "TLS_ECDH_ECDSA_WITH_NULL_SHA",
            0xc002 => "TLS_ECDH_ECDSA_WITH_RC4_128_SHA",
            0xc003 => "TLS_ECDH_ECDSA_WITH_3DES_EDE_CBC_SHA",
            0xc004 => "TLS_ECDH_ECDSA_WITH_AES_128_CBC_SHA",
            0xc005 => "TLS_ECDH_ECDSA_WITH_AES_256_CBC_SHA",
            0xc006 => "TLS_ECDHE_ECDSA_WITH_NULL_SHA",
            0xc007 => "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA",
            0xc008 => "TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA",
            0xc009 => "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
            0xc00a => "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
            0xc00b => "TLS_ECDH_RSA_WITH_NULL_SHA",
            0xc00c => "TLS_ECDH_RSA_WITH_RC4_128_SHA",
            0xc00d => "TLS_ECDH_RSA_WITH_3DES_EDE_CBC_SHA",
            0xc00e => "TLS_ECDH_RSA_WITH_AES_128_CBC_SHA",
            0xc00f => "TLS_ECDH_RSA_WITH_AES_256_CBC_SHA",
            0xc010 => "TLS_ECDHE_RSA_WITH_NULL_SHA",
            0xc011 => "TLS_ECDHE_RSA_WITH_RC4_128_SHA",
            0xc012 => "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA",
            0xc013 => "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
            0xc014 => "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
            0xc015 => "TLS_ECDH_anon_WITH_NULL_SHA",
            0xc016 => "TLS_ECDH_anon_WITH_RC4_128_SHA",
            0xc017 => "TLS_ECDH_anon_WITH_3DES_EDE_CBC_SHA",
            0xc018 => "TLS_ECDH_anon_WITH_AES_128_CBC_SHA",
            0xc019 => "TLS_ECDH_anon_WITH_AES_256_CBC_SHA",
            0xc01a => "TLS_SRP_SHA_WITH_3DES_EDE_CBC_SHA",
            0xc01b => "TLS_SRP_SHA_RSA_WITH_3DES_EDE_CBC_SHA",
            0xc01c => "TLS_SRP_SHA_DSS_WITH_3DES_EDE_CBC_SHA",
            0xc01d => "TLS_SRP_SHA_WITH_AES_128_CBC_SHA",
            0xc01e => "TLS_SRP_SHA_RSA_WITH_AES_128_CBC_SHA",
            0xc01f => "TLS_SRP_SHA_DSS_WITH_AES_128_CBC_SHA",
            0xc020 => "TLS_SRP_SHA_WITH_AES_256_CBC_SHA",
            0xc021 => "TLS_SRP_SHA_RSA_WITH_AES_256_CBC_SHA",
            0xc022 => "TLS_SRP_SHA_DSS_WITH_AES_256_CBC_SHA",
            0xc023 => "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
            0xc024 => "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384",
            0xc025 => "TLS_ECDH_ECDSA_WITH_AES_128_CBC_SHA256",
            0xc026 => "TLS_ECDH_ECDSA_WITH_AES_256_CBC_SHA384",
            0xc027 => "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
            0xc028 => "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
            0xc029 => "TLS_ECDH_RSA_WITH_AES_128_CBC_SHA256",
            0xc02a => "TLS_ECDH_RSA_WITH_AES_256_CBC_SHA384",
            0xc02b => "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            0xc02c => "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            0xc02d => "TLS_ECDH_ECDSA_WITH_AES_128_GCM_SHA256",
            0xc02e => "TLS_ECDH_ECDSA_WITH_AES_256_GCM_SHA384",
            0xc02f => "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            0xc030 => "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            0xc031 => "TLS_ECDH_RSA_WITH_AES_128_GCM_SHA256",
            0xc032 => "TLS_ECDH_RSA_WITH_AES_256_GCM_SHA384",
            0xc033 => "TLS_ECDHE_PSK_WITH_RC4_128_SHA",
            0xc034 => "TLS_ECDHE_PSK_WITH_3DES_EDE_CBC_SHA",
            0xc035 => "TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA",
            0xc036 => "TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA",
            0xc037 => "TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256",
            0xc038 => "TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA384",
            0xc039 => "TLS_ECDHE_PSK_WITH_NULL_SHA",
            0xc03a => "TLS_ECDHE_PSK_WITH_NULL_SHA256",
            0xc03b => "TLS_ECDHE_PSK_WITH_NULL_SHA384",
            0xc03c => "TLS_RSA_WITH_ARIA_128_CBC_SHA256",
            0xc03d => "TLS_RSA_WITH_ARIA_256_CBC_SHA384",
            0xc03e => "TLS_DH_DSS_WITH_ARIA_128_CBC_SHA256",
            0xc03f => "TLS_DH_DSS_WITH_ARIA_256_CBC_SHA384",
            0xc040 => "TLS_DH_RSA_WITH_ARIA_128_CBC_SHA256",
            0xc041 => "TLS_DH_RSA_WITH_ARIA_256_CBC_SHA384",
            0xc042 => "TLS_DHE_DSS_WITH_ARIA_128_CBC_SHA256",
            0xc043 => "TLS_DHE_DSS_WITH_ARIA_256_CBC_SHA384",
            0xc044 => "TLS_DHE_RSA_WITH_ARIA_128_CBC_SHA256",
            0xc045 => "TLS_DHE_RSA_WITH_ARIA_256_CBC_SHA384",
            0xc046 => "TLS_DH_anon_WITH_ARIA_128_CBC_SHA256",
            0xc047 => "TLS_DH_anon_WITH_ARIA_256_CBC_SHA384",
            0xc048 => "TLS_ECDHE_ECDSA_WITH_ARIA_128_CBC_SHA256",
            0xc049 => "TLS_ECDHE_ECDSA_WITH_ARIA_256_CBC_SHA384",
            0xc04a => "TLS_ECDH_ECDSA_WITH_ARIA_128_CBC_SHA256",
            0xc04b => "TLS_ECDH_ECDSA_WITH_ARIA_256_CBC_SHA384",
            0xc04c => "TLS_ECDHE_RSA_WITH_ARIA_128_CBC_SHA256",
            0xc04d => "TLS_ECDHE_RSA_WITH_ARIA_256_CBC_SHA384",
            0xc04e => "TLS_ECDH_RSA_WITH_ARIA_128_CBC_SHA256",
            0xc04f => "TLS_ECDH_RSA_WITH_ARIA_256_CBC_SHA384",
            0xc050 => "TLS_RSA_WITH_ARIA_128_GCM_SHA256",
            0xc051 => "TLS_RSA_WITH_ARIA_256_GCM_SHA384",
            0xc052 => "TLS_DHE_RSA_WITH_ARIA_128_GCM_SHA256",
            0xc053 => "TLS_DHE_RSA_WITH_ARIA_256_GCM_SHA384",
            0xc054 => "TLS_DH_RSA_WITH_ARIA_128_GCM_SHA256",
            0xc055 => "TLS_DH_RSA_WITH_ARIA_256_GCM_SHA384",
            0xc056 => "TLS_DHE_DSS_WITH_ARIA_128_GCM_SHA256",
            0xc057 => "TLS_DHE_DSS_WITH_ARIA_256_GCM_SHA384",
            0xc058 => "TLS_DH_DSS_WITH_ARIA_128_GCM_SHA256",
            0xc059 => "TLS_DH_DSS_WITH_ARIA_256_GCM_SHA384",
            0xc05a => "TLS_DH_anon_WITH_ARIA_128_GCM_SHA256",
            0xc05b => "TLS_DH_anon_WITH_ARIA_256_GCM_SHA384",
            0xc05c => "TLS_ECDHE_ECDSA_WITH_ARIA_128_GCM_SHA256",
            0xc05d => "TLS_ECDHE_ECDSA_WITH_ARIA_256_GCM_SHA384",
            0xc05e => "TLS_ECDH_ECDSA_WITH_ARIA_128_GCM_SHA256",
            0xc05f => "TLS_ECDH_ECDSA_WITH_ARIA_256_GCM_SHA384",
            0xc060 => "TLS_ECDHE_RSA_WITH_ARIA_128_GCM_SHA256",
            0xc061 => "TLS_ECDHE_RSA_WITH_ARIA_256_GCM_SHA384",
            0xc062 => "TLS_ECDH_RSA_WITH_ARIA_128_GCM_SHA256",
            0xc063 => "TLS_ECDH_RSA_WITH_ARIA_256_GCM_SHA384",
            0xc064 => "TLS_PSK_WITH_ARIA_128_CBC_SHA256",
            0xc065 => "TLS_PSK_WITH_ARIA_256_CBC_SHA384",
            0xc066 => "TLS_DHE_PSK_WITH_ARIA_128_CBC_SHA256",
            0xc067 => "TLS_DHE_PSK_WITH_ARIA_256_CBC_SHA384",
            0xc068 => "TLS_RSA_PSK_WITH_ARIA_128_CBC_SHA256",
            0xc069 => "TLS_RSA_PSK_WITH_ARIA_256_CBC_SHA384",
            0xc06a => "TLS_PSK_WITH_ARIA_128_GCM_SHA256",
            0xc06b => "TLS_PSK_WITH_ARIA_256_GCM_SHA384",
            0xc06c => "TLS_DHE_PSK_WITH_ARIA_128_GCM_SHA256",
            0xc06d => "TLS_DHE_PSK_WITH_ARIA_256_GCM_SHA384",
            0xc06e => "TLS_RSA_PSK_WITH_ARIA_128_GCM_SHA256",
            0xc06f => "TLS_RSA_PSK_WITH_ARIA_256_GCM_SHA384",
            0xc070 => "TLS_ECDHE_PSK_WITH_ARIA_128_CBC_SHA256",
            0xc071 => "TLS_ECDHE_PSK_WITH_ARIA_256_CBC_SHA384",
            0xc072 => "TLS_ECDHE_ECDSA_WITH_CAMELLIA_128_CBC_SHA256",
            0xc073 => "TLS_ECDHE_ECDSA_WITH_CAMELLIA_256_CBC_SHA384",
            0xc074 => "TLS_ECDH_ECDSA_WITH_CAMELLIA_128_CBC_SHA256",
            0xc075 => "TLS_ECDH_ECDSA_WITH_CAMELLIA_256_CBC_SHA384",
            0xc076 => "TLS_ECDHE_RSA_WITH_CAMELLIA_128_CBC_SHA256",
            0xc077 => "TLS_ECDHE_RSA_WITH_CAMELLIA_256_CBC_SHA384",
            0xc078 => "TLS_ECDH_RSA_WITH_CAMELLIA_128_CBC_SHA256",
            0xc079 => "TLS_ECDH_RSA_WITH_CAMELLIA_256_CBC_SHA384",
            0xc07a => "TLS_RSA_WITH_CAMELLIA_128_GCM_SHA256",
            0xc07b => "TLS_RSA_WITH_CAMELLIA_256_GCM_SHA384",
            0xc07c => "TLS_DHE_RSA_WITH_CAMELLIA_128_GCM_SHA256",
            0xc07d => "TLS_DHE_RSA_WITH_CAMELLIA_256_GCM_SHA384",
            0xc07e => "TLS_DH_RSA_WITH_CAMELLIA_128_GCM_SHA256",
            0xc07f => "TLS_DH_RSA_WITH_CAMELLIA_256_GCM_SHA384",
            0xc080 => "TLS_DHE_DSS_WITH_CAMELLIA_128_GCM_SHA256",
            0xc081 => "TLS_DHE_DSS_WITH_CAMELLIA_256_GCM_SHA384",
            0xc082 => "TLS_DH_DSS_WITH_CAMELLIA_128_GCM_SHA256",
            0xc083 => "TLS_DH_DSS_WITH_CAMELLIA_256_GCM_SHA384",
            0xc084 => "TLS_DH_anon_WITH_CAMELLIA_128_GCM_SHA256",
            0xc085 => "TLS_DH_anon_WITH_CAMELLIA_256_GCM_SHA384",
            0xc086 => "TLS_ECDHE_ECDSA_WITH_CAMELLIA_128_GCM_SHA256",
            0xc087 => "TLS_ECDHE_ECDSA_WITH_CAMELLIA_256_GCM_SHA384",
            0xc088 => "TLS_ECDH_ECDSA_WITH_CAMELLIA_128_GCM_SHA256",
            0xc089 => "TLS_ECDH_ECDSA_WITH_CAMELLIA_256_GCM_SHA384",
            0xc08a => "TLS_ECDHE_RSA_WITH_CAMELLIA_128_GCM_SHA256",
            0xc08b => "TLS_ECDHE_RSA_WITH_CAMELLIA_256_GCM_SHA384",
            0xc08c => "TLS_ECDH_RSA_WITH_CAMELLIA_128_GCM_SHA256",
            0xc08d => "TLS_ECDH_RSA_WITH_CAMELLIA_256_GCM_SHA384",
            0xc08e => "TLS_PSK_WITH_CAMELLIA_128_GCM_SHA256",
            0xc08f => "TLS_PSK_WITH_CAMELLIA_256_GCM_SHA384",
            0xc090 => "TLS_DHE_PSK_WITH_CAMELLIA_128_GCM_SHA256",
            0xc091 => "TLS_DHE_PSK_WITH_CAMELLIA_256_GCM_SHA384",
            0xc092 => "TLS_RSA_PSK_WITH_CAMELLIA_128_GCM_SHA256",
            0xc093 => "TLS_RSA_PSK_WITH_CAMELLIA_256_GCM_SHA384",
            0xc094 => "TLS_PSK_WITH_CAMELLIA_128_CBC_SHA256",
            0xc095 => "TLS_PSK_WITH_CAMELLIA_256_CBC_SHA384",
            0xc096 => "TLS_DHE_PSK_WITH_CAMELLIA_128_CBC_SHA256",
            0xc097 => "TLS_DHE_PSK_WITH_CAMELLIA_256_CBC_SHA384",
            0xc098 => "TLS_RSA_PSK_WITH_CAMELLIA_128_CBC_SHA256",
            0xc099 => "TLS_RSA_PSK_WITH_CAMELLIA_256_CBC_SHA384",
            0xc09a => "TLS_ECDHE_PSK_WITH_CAMELLIA_128_CBC_SHA256",
            0xc09b => "TLS_ECDHE_PSK_WITH_CAMELLIA_256_CBC_SHA384",
            0xc09c => "TLS_RSA_WITH_AES_128_CCM",
            0xc09d => "TLS_RSA_WITH_AES_256_CCM",
            0xc09e => "TLS_DHE_RSA_WITH_AES_128_CCM",
            0xc09f => "TLS_DHE_RSA_WITH_AES_256_CCM",
            0xc0a0 => "TLS_RSA_WITH_AES_128_CCM_8",
            0xc0a1 => "TLS_RSA_WITH_AES_256_CCM_8",
            0xc0a2 => "TLS_DHE_RSA_WITH_AES_128_CCM_8",
            0xc0a3 => "TLS_DHE_RSA_WITH_AES_256_CCM_8",
            0xc0a4 => "TLS_PSK_WITH_AES_128_CCM",
            0xc0a5 => "TLS_PSK_WITH_AES_256_CCM",
            0xc0a6 => "TLS_DHE_PSK_WITH_AES_128_CCM",
            0xc0a7 => "TLS_DHE_PSK_WITH_AES_256_CCM",
            0xc0a8 => "TLS_PSK_WITH_AES_128_CCM_8",
            0xc0a9 => "TLS_PSK_WITH_AES_256_CCM_8",
            0xc0aa => "TLS_PSK_DHE_WITH_AES_128_CCM_8",
            0xc0ab => "TLS_PSK_DHE_WITH_AES_256_CCM_8",
            0xc0ac => "TLS_ECDHE_ECDSA_WITH_AES_128_CCM",
            0xc0ad => "TLS_ECDHE_ECDSA_WITH_AES_256_CCM",
            0xc0ae => "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8",
            0xc0af => "TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8",
            0xc0b0 => "TLS_ECCPWD_WITH_AES_128_GCM_SHA256",
            0xc0b1 => "TLS_ECCPWD_WITH_AES_256_GCM_SHA384",
            0xc0b2 => "TLS_ECCPWD_WITH_AES_128_CCM_SHA256",
            0xc0b3 => "TLS_ECCPWD_WITH_AES_256_CCM_SHA384",
            0xc0b4 => "TLS_SHA256_SHA256",
            0xc0b5 => "TLS_SHA384_SHA384",
            0xc100 => "TLS_GOSTR341112_256_WITH_KUZNYECHIK_CTR_OMAC",
            0xc101 => "TLS_GOSTR341112_256_WITH_MAGMA_CTR_OMAC",
            0xc102 => "TLS_GOSTR341112_256_WITH_28147_CNT_IMIT",
            0xc103 => "TLS_GOSTR341112_256_WITH_KUZNYECHIK_MGM_L",
            0xc104 => "TLS_GOSTR341112_256_WITH_MAGMA_MGM_L",
            0xc105 => "TLS_GOSTR341112_256_WITH_KUZNYECHIK_MGM_S",
            0xc106 => "TLS_GOSTR341112_256_WITH_MAGMA_MGM_S",
            0xcc13 => "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_OLD_SHA256",
            0xcc14 => "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_OLD_SHA256",
            0xcc15 => "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_OLD_SHA256",
            0xcca8 => "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
            0xcca9 => "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            0xccaa => "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
            0xccab => "TLS_PSK_WITH_CHACHA20_POLY1305_SHA256",
            0xccac => "TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256",
            0xccad => "TLS_DHE_PSK_WITH_CHACHA20_POLY1305_SHA256",
            0xccae => "TLS_RSA_PSK_WITH_CHACHA20_POLY1305_SHA256",
            0xd001 => "TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256",
            0xd002 => "TLS_ECDHE_PSK_WITH_AES_256_GCM_SHA384",
            0xd003 => "TLS_ECDHE_PSK_WITH_AES_128_CCM_8_SHA256",
            0xd005 => "TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256",
            0xfefe => "SSL_RSA_FIPS_WITH_DES_CBC_SHA",
            0xfeff => "SSL_RSA_FIPS_WITH_3DES_EDE_CBC_SHA",
            0xff85 => "TLS_GOSTR341112_256_WITH_28147_CNT_IMIT_LEGACY",
            _ => return None,
        })
    }
}
