"""The servers that are tried."""
from databases import Mariadb, Mosquitto, Postgresql, Redis, Slapd
from mail import Dovecot, Exim, Freeradius, Openvpn, Postfix, Stunnel, Vsftpd
from web import Apache, Haproxy, Nginx, Node, Openssl, Python

SERVERS = [Nginx, Apache, Haproxy, Postgresql, Mariadb, Redis, Mosquitto, Postfix, Dovecot, Exim, Vsftpd, Stunnel, Openvpn, Freeradius, Slapd, Openssl, Python, Node]
