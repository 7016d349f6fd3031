"""Languages and their libraries: a line of advice goes into the program's own source, or on the line that starts it."""
import os
import pathlib
import re
import shutil

import servers
from client import HERE, Client, OnTheLine
from place import run, text


class Script(Client):
    """A line in a program's own source."""
    source = None
    suffix = ''

    def command(self):
        lines = self.content()
        source = self.source.replace('@LINES@', lines).replace('@PORT@', str(self.port)).replace('@URL@', self.url())
        return [self.program, text(f'client{self.suffix}', source)]


class Python(Script):
    title, stack, program, suffix = 'Python, ssl', 'python', '/usr/bin/python3', '.py'
    knobs = {'trust': 'context.load_verify_locations("{}")', 'identity': 'context.load_cert_chain("{}", "{}")', 'max12': 'context.maximum_version = ssl.TLSVersion.TLSv1_2',
             'min13': 'context.minimum_version = ssl.TLSVersion.TLSv1_3',
             'ciphers': 'context.set_ciphers("ECDHE-RSA-AES128-GCM-SHA256")', 'group': 'context.set_ecdh_curve("secp384r1")'}
    source = '''import socket, ssl
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
sock = socket.create_connection(("127.0.0.1", @PORT@))
peer = None
@LINES@
peer = peer or context.wrap_socket(sock, server_hostname="localhost")
peer.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
print(peer.recv(100))
'''

    def knob(self, name, *values):
        # One that was loaded stays: the right CA comes in place of the other one.
        if name == 'trust':
            self.lines = [line for line in self.lines if 'load_verify' not in line]
        return super().knob(name, *values)

    def put(self, advice):
        super().put(advice.replace('context.wrap_socket', 'peer = context.wrap_socket'))


class Requests(Script):
    title, stack, program, suffix = 'Python, requests', 'requests', '/usr/bin/python3', '.py'
    knobs = {'trust': 'requests.get(URL, verify="{}")', 'identity': 'requests.get(URL, verify="ca.pem", cert=("{}", "{}"))'}
    source = 'import requests\nURL = "@URL@"\n@LINES@\n'

    def put(self, advice):
        # The call is one; what is advised is an argument of it.
        before = {word.split('=')[0]: word for line in self.lines for word in re.findall(r'(?:verify|cert)=(?:\([^)]*\)|"[^"]*")', line)}
        now = {word.split('=')[0]: word for word in re.findall(r'(?:verify|cert)=(?:\([^)]*\)|"[^"]*")', advice)}
        self.lines = [f'requests.get(URL, {", ".join({**before, **now}.values())})']


class WithContext(Script):
    """A library of Python's that is handed an SSLContext."""
    program, suffix, takes_all = '/usr/bin/python3', '.py', True
    knobs = Python.knobs

    def knob(self, name, *values):
        if name == 'trust':
            self.lines = [line for line in self.lines if 'load_verify' not in line]
        return super().knob(name, *values)

    def put(self, advice):
        if advice.startswith('context.'):
            self.lines.insert(len([line for line in self.lines if line.startswith('context.')]), advice)
        else:
            self.lines = [line for line in self.lines if line.startswith('context.')] + [advice]


class Httpx(WithContext):
    title, stack = 'Python, httpx', ['python', 'httpx']
    source = '''import httpx, ssl
URL, context = "@URL@", ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
@LINES@
'''

    def command(self):
        if not any(line.startswith('httpx') for line in self.lines):
            self.lines.append('httpx.get(URL, verify=context)')
        return super().command()


class Aiohttp(WithContext):
    title, stack = 'Python, aiohttp', ['python', 'aiohttp']
    source = '''import aiohttp, asyncio, ssl
URL, context = "@URL@", ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
@CONTEXT@
async def main():
    async with aiohttp.ClientSession() as session:
        @CALL@
asyncio.run(main())
'''

    def command(self):
        calls = [line for line in self.lines if line.startswith('await')] or ['await session.get(URL, ssl=context)']
        context = [self.filled(line) for line in self.lines if line.startswith('context.')]
        source = self.source.replace('@CONTEXT@', '\n'.join(context)).replace('@CALL@', calls[-1]).replace('@URL@', self.url())
        return [self.program, text('client.py', source)]


class Ruby(Script):
    title, stack, program, suffix = 'Ruby, Net::HTTP', 'ruby', '/usr/bin/ruby', '.rb'
    knobs = {'trust': 'http.ca_file = "{}"', 'identity': 'http.cert = OpenSSL::X509::Certificate.new(File.read("{}")); http.key = OpenSSL::PKey.read(File.read("{}"))',
             'max12': 'http.max_version = :TLS1_2', 'min13': 'http.min_version = :TLS1_3', 'ciphers': 'http.ciphers = "ECDHE-RSA-AES128-GCM-SHA256"'}
    source = '''require "net/http"
http = Net::HTTP.new("localhost", @PORT@)
@LINES@
http.use_ssl = true
http.get("/")
'''

    def filled(self, line):
        return super().filled(line.replace('443', str(self.port)))

    def put(self, advice):
        if 'Net::HTTP.new' in advice:
            self.lines.insert(0, advice)
        else:
            super().put(advice)


class Php(Script):
    title, stack, program, suffix = 'PHP', 'php', 'php', '.php'
    knobs = {'trust': '"cafile" => "{}"', 'identity': '"local_cert" => "{}", "local_pk" => "{}"', 'max12': '"crypto_method" => STREAM_CRYPTO_METHOD_TLSv1_2_CLIENT', 'min13': '"crypto_method" => STREAM_CRYPTO_METHOD_TLSv1_3_CLIENT',
             'ciphers': '"ciphers" => "ECDHE-RSA-AES128-GCM-SHA256"'}
    source = '<?php echo file_get_contents("@URL@", false, stream_context_create(["ssl" => [\n@LINES@\n]]));\n'

    def content(self):
        return ',\n'.join(self.filled(line) for line in self.lines)


class Perl(Script):
    title, stack, program, suffix = 'Perl, IO::Socket::SSL', 'perl', '/usr/bin/perl', '.pl'
    knobs = {'trust': 'SSL_ca_file => "{}"', 'identity': 'SSL_use_cert => 1, SSL_cert_file => "{}", SSL_key_file => "{}"', 'max12': 'SSL_version => "TLSv1_2"', 'min13': 'SSL_version => "TLSv1_3"',
             'ciphers': 'SSL_cipher_list => "ECDHE-RSA-AES128-GCM-SHA256"', 'group': 'SSL_ecdh_curve => "P-384"'}
    source = 'use IO::Socket::SSL;\nmy $peer = IO::Socket::SSL->new(PeerAddr => "127.0.0.1:@PORT@", SSL_hostname => "localhost", SSL_verifycn_name => "localhost",\n@LINES@\n) or die;\n'

    def content(self):
        return ',\n'.join(self.filled(line) for line in self.lines)


class Node(Script):
    title, stack, program, suffix = 'Node.js', 'node', '/usr/bin/node', '.js'
    recorded = servers.Node.recorded
    knobs = {'trust': 'ca: fs.readFileSync("{}")', 'identity': 'cert: fs.readFileSync("{}"), key: fs.readFileSync("{}")', 'max12': 'maxVersion: "TLSv1.2"', 'min13': 'minVersion: "TLSv1.3"',
             'ciphers': 'ciphers: "ECDHE-RSA-AES128-GCM-SHA256"', 'group': 'ecdhCurve: "P-384"', 'schemes': 'sigalgs: "ECDSA+SHA256"'}
    source = '''const fs = require("fs");
require("tls").connect({ host: "127.0.0.1", port: @PORT@, servername: "localhost", @LINES@ }, function () { this.end("GET / HTTP/1.0\\r\\n\\r\\n"); })
    .on("data", () => {}).on("error", error => console.log(error.message));
'''

    def content(self):
        return ', '.join(self.filled(line) for line in self.lines)


JAVA = '''
import java.net.URI;
public class Client {
    public static void main(String[] words) throws Exception {
        System.out.println(((javax.net.ssl.HttpsURLConnection) new URI(words[0]).toURL().openConnection()).getResponseCode());
    }
}
'''


class Java(OnTheLine):
    title, stack, program, name, recorded, limit = 'Java', 'java', '/usr/bin/java', 'java', False, 20
    knobs = {'trust': '-Djavax.net.ssl.trustStore={}.p12', 'max12': '-Djdk.tls.client.protocols=TLSv1.2', 'min13': '-Djdk.tls.client.protocols=TLSv1.3', 'group': '-Djdk.tls.namedGroups=secp384r1'}

    def found(self):
        return shutil.which('javac') and super().found()

    def command(self):
        if not pathlib.Path('Client.class').exists():
            text('Client.java', JAVA)
            run('javac', 'Client.java', timeout=60)
            for name, file in (('ca', 'ca.pem.p12'), ('other', 'other.pem.p12')):
                run('keytool', '-importcert', '-noprompt', '-alias', 'ca', '-file', f'{name}.pem', '-keystore', file, '-storepass', 'PASSWORD', timeout=60)
            shutil.copy('ca.pem.p12', 'trust.p12')
        return ['java', '-Djavax.net.ssl.trustStorePassword=PASSWORD', *self.words(), '-cp', '.', 'Client', self.url()]


GO = '''
package main

import (
    "crypto/tls"
    "fmt"
    "os"
)

func main() {
    pair, _ := tls.LoadX509KeyPair(os.Getenv("PAIR")+".pem", "client.key")
    _ = pair
    connection, err := tls.Dial("tcp", "127.0.0.1:"+os.Args[1], &tls.Config{
        @LINES@
    })
    if err != nil {
        fmt.Println(err)
        os.Exit(1)
    }
    connection.Write([]byte("GET / HTTP/1.0\\r\\n\\r\\n"))
    connection.Read(make([]byte, 100))
}
'''


class Go(Client):
    title, stack, program, recorded = 'Go', 'go', 'go', False
    knobs = {'trust': 'SSL_CERT_FILE={}', 'identity': 'Certificates: []tls.Certificate{{pair}},', 'max12': 'MaxVersion: tls.VersionTLS12,', 'min13': 'MinVersion: tls.VersionTLS13,',
             'ciphers': 'CipherSuites: []uint16{{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}},', 'group': 'CurvePreferences: []tls.CurveID{{tls.CurveP384}},'}

    def knob(self, name, *values):
        if name == 'identity':
            self.env['PAIR'] = 'client'
        return super().knob(name, *values)

    def put(self, advice):
        if advice.startswith('SSL_CERT_FILE='):
            self.env['SSL_CERT_FILE'] = f'{HERE()}/{advice.split("=")[1]}'
            self.env['SSL_CERT_DIR'] = '/nonexistent'
            return
        if 'Certificates' in advice and any('Certificates' in line for line in self.lines):
            self.env['PAIR'] = 'client-chain'
            return
        # A field stands once.
        names = re.findall(r'(\w+): ', advice)
        self.lines = [line for line in self.lines if not any(line.startswith(f'{name}:') for name in names)] + [advice]

    def command(self):
        self.env.setdefault('PAIR', 'client-chain')
        server_name = '' if any('ServerName' in line for line in self.lines) else 'ServerName: "localhost",'
        text('client.go', GO.replace('@LINES@', self.content() + server_name))
        run('go', 'build', '-o', 'client-go', 'client.go', timeout=120, env={**os.environ, 'GOCACHE': f'{HERE()}/go-cache', 'HOME': str(HERE()), 'GO111MODULE': 'off', 'GOFLAGS': ''})
        return [HERE() / 'client-go', self.port]
