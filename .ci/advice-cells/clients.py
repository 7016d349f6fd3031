"""The clients that are tried."""
from browsers import Chromium, Firefox
from languages import Aiohttp, Go, Httpx, Java, Node, Perl, Php, Python, Requests, Ruby
from networks import OpenvpnClient, PostfixClient
from proxies import ApacheProxy, HaproxyBackend, NginxProxy, Stunnel
from tools import Curl, Git, Ldapsearch, MariadbClient, MosquittoSub, OpensslClient, Psql, RedisCli, Wget

CLIENTS = [Curl, Wget, Git, OpensslClient, Python, Requests, Httpx, Aiohttp, Ruby, Php, Perl, Node, Java, Go, Psql, MariadbClient, RedisCli, MosquittoSub, Ldapsearch,
           Stunnel, NginxProxy, ApacheProxy, HaproxyBackend, PostfixClient, OpenvpnClient, Chromium, Firefox]
