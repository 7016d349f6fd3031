"""Browsers, each with a profile of its own that is new every time."""
import os
import pathlib
import shutil

from client import HERE, Client
from place import run, text


class Browser(Client):
    recorded, limit = False, 12
    # The rest is for its user to say, in a dialog, or has no setting.
    faults = ('CA', 'highest version', 'lowest version')
    home = None

    def put(self, advice):
        for line in advice.splitlines():
            key = line.split('=')[0].split()[0]
            self.lines = [old for old in self.lines if old.split('=')[0].split()[0] != key] + [line]

    def found(self):
        return shutil.which('certutil') and super().found()

    def database(self, folder):
        """Runs the commands among the lines, which are about certificates."""
        folder.mkdir(parents=True)
        run('certutil', '-N', '--empty-password', '-d', f'sql:{folder}')
        for line in self.lines:
            if line.startswith(('certutil', 'pk12util')):
                run('sh', '-c', self.filled(line).replace('PROFILE', f'sql:{folder}'), env={**os.environ, 'HOME': str(self.home)})


class Chromium(Browser):
    title, stack, program = 'Chromium', 'chromium', 'chromium'
    knobs = {'trust': 'certutil -A -n CA -t C,, -i {} -d sql:$HOME/.pki/nssdb', 'max12': 'chromium --ssl-version-max=tls1.2', 'min13': 'chromium --ssl-version-min=tls1.3'}

    def command(self):
        self.home = HERE() / 'chromium-home'
        shutil.rmtree(self.home, ignore_errors=True)
        self.database(self.home / '.pki/nssdb')
        self.env = {'HOME': str(self.home)}
        flags = [word for line in self.lines if line.startswith('chromium') for word in line.split()[1:]]
        return ['chromium', '--headless', '--no-sandbox', '--disable-gpu', f'--user-data-dir={self.home}/data', *flags, '--dump-dom', self.url()]


class Firefox(Browser):
    title, stack, program = 'Firefox', 'firefox', 'firefox-esr'
    knobs = {'trust': 'certutil -A -n CA -t C,, -i {} -d PROFILE', 'max12': 'security.tls.version.max = 3', 'min13': 'security.tls.version.min = 4'}

    def command(self):
        self.home = HERE() / 'firefox-home'
        shutil.rmtree(self.home, ignore_errors=True)
        profile = pathlib.Path(self.home, 'profile')
        self.database(profile)
        self.env = {'HOME': str(self.home)}
        settings = ['browser.shell.checkDefaultBrowser = false', 'network.dns.disableIPv6 = true', 'security.ssl3.ecdhe_rsa_aes_256_sha = true',
                    *[line for line in self.lines if line.startswith('security.')]]
        text(profile / 'user.js', ''.join(f'user_pref("{key}", {value});\n' for key, value in (line.split(' = ') for line in settings)))
        return ['firefox-esr', '--headless', '--no-remote', '--profile', profile, '--screenshot', self.home / 'page.png', self.url()]
