package sandbox

import (
	"path/filepath"

	"golang.org/x/sys/unix"
)

// machineSecrets are places of the machine's own secrets. Their modes close
// them to all but root, and to a few groups.
var machineSecrets = []string{
	"/etc/shadow", "/etc/shadow-", "/etc/gshadow", "/etc/gshadow-", "/etc/security/opasswd", "/etc/sudoers", "/etc/sudoers.d",
	"/etc/ssh/ssh_host_*_key", "/etc/ssl/private", "/etc/pki/tls/private", "/etc/letsencrypt/archive", "/etc/letsencrypt/keys",
	"/etc/letsencrypt/accounts", "/etc/krb5.keytab", "/etc/wireguard", "/etc/openvpn", "/etc/ipsec.secrets", "/etc/ppp",
	"/etc/NetworkManager/system-connections", "/etc/netplan", "/etc/kubernetes", "/etc/rancher", "/etc/docker", "/etc/containers/auth.json",
	"/etc/postgresql", "/etc/mysql/debian.cnf", "/etc/fstab.d", "/etc/credstore", "/etc/credstore.encrypted", "/etc/cloud",
}

// openSecrets are those that this user could read: usually none, and for root
// all that there are. Only where there are some is /etc opened entry by entry;
// otherwise it stays whole, so that a file which is replaced there while an app
// runs, such as resolv.conf, stays open to it.
func openSecrets() []string {
	var open []string
	for _, pattern := range machineSecrets {
		found, err := filepath.Glob(pattern)
		if err != nil {
			continue // of our own making: tested
		}
		for _, path := range found {
			if unix.Access(path, unix.R_OK) == nil {
				open = append(open, path)
			}
		}
	}
	return open
}
