package sandbox

import (
	"path/filepath"
	"slices"
)

// Machine is what the sandboxes of one user on one machine have in common.
type Machine struct {
	Home    string   // the user's home; only the tools in it are readable
	Path    string   // PATH: its folders are readable
	Files   []string // other files and folders to read, such as certificates
	Protect []string // folders with secrets, wherever they lie
}

// App returns the policy of an app before its own folders are added: the
// system, the user's tools and, unless strict, /tmp and its like to write.
func (m Machine) App(strict bool) *Policy {
	p := &Policy{
		Read: slices.Concat(system(), m.tools(), m.onPath(), m.Files),
		Devices: []string{
			"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty", "/dev/ptmx", "/dev/pts",
		},
		Protect: slices.Concat(m.Protect, m.secrets(), openSecrets()),
	}
	if !strict {
		p.Write = []string{"/tmp", "/var/tmp", "/dev/shm"}
	}
	return p
}

// Build is App for a build, which may also read how the user set up package
// managers, with the tokens of private registries that stand there.
func (m Machine) Build(strict bool) *Policy {
	p := m.App(strict)
	p.Read = append(p.Read, m.inHome(managers())...)
	return p
}

// system are the places of programs, libraries and the machine's settings.
// Secrets in /etc are protected: see openSecrets. Below /run stand
// only the files to which links in /etc lead.
func system() []string {
	return []string{
		"/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/usr", "/etc", "/opt", "/nix", "/gnu", "/snap", "/proc", "/sys",
		"/run/systemd/resolve", "/run/resolvconf", "/run/NetworkManager/resolv.conf", "/run/NetworkManager/no-stub-resolv.conf",
		"/run/nscd", "/run/current-system", "/etc/resolv.conf", "/etc/hosts", "/etc/localtime", "/home/linuxbrew/.linuxbrew",
		"/var/lib/ca-certificates", "/var/cache/fontconfig",
	}
}

// secrets are the home and what lies within it beside, around or in the tools.
func (m Machine) secrets() []string {
	return m.inHome([]string{
		"",
		".ssh", ".gnupg", ".aws", ".azure", ".kube", ".docker", ".password-store", ".netrc", ".git-credentials",
		".config", ".config/coderv2", ".config/gcloud", ".config/gh", ".local", ".local/share", ".local/share/keyrings",
		".local/share/uv/credentials", ".cargo/credentials", ".cargo/credentials.toml", ".gem/credentials",
	})
}

// tools are the folders in which version managers and package managers put
// programs for a user.
func (m Machine) tools() []string {
	return m.inHome([]string{
		".asdf", ".bun", ".cargo/bin", ".deno", ".dotnet", ".fnm", ".gem/ruby", ".goenv", ".gvm", ".jdks", ".jenv", ".linuxbrew",
		".local/bin", ".local/lib", ".local/pipx", ".local/share/fnm", ".local/share/fonts", ".local/share/gem", ".local/share/mise",
		".local/share/pipx", ".local/share/pnpm", ".local/share/rtx", ".local/share/uv", ".local/share/virtualenvs",
		".local/state/fnm_multishells", ".local/state/nix", ".nix-profile", ".n", ".nodenv", ".npm-global", ".npm-packages", ".nvm",
		".phpenv", ".proto", ".pyenv", ".rbenv", ".rustup", ".rvm", ".sdkman", ".volta", "go/bin", "go/pkg", "sdk",
		".cache/ms-playwright", ".cache/puppeteer", ".fonts",
	})
}

// managers are the settings of package managers and of git, a file each where
// others in the folder are not needed.
func managers() []string {
	return []string{
		".npmrc", ".yarnrc", ".yarnrc.yml", ".config/pnpm/rc", ".bunfig.toml",
		".pip", ".config/pip", ".config/uv", ".config/pypoetry", ".condarc",
		".gemrc", ".bundle/config", ".composer/config.json", ".composer/auth.json", ".config/composer/config.json", ".config/composer/auth.json",
		".cargo/config", ".cargo/config.toml", ".config/go/env",
		".m2/settings.xml", ".m2/settings-security.xml", ".m2/toolchains.xml", ".gradle/gradle.properties", ".gradle/init.gradle", ".gradle/init.d",
		".gitconfig", ".config/git/config", ".config/git/ignore", ".config/git/attributes",
	}
}

func (m Machine) inHome(names []string) []string {
	if !filepath.IsAbs(m.Home) {
		return nil
	}
	paths := make([]string, len(names))
	for i, name := range names {
		paths[i] = filepath.Join(m.Home, name)
	}
	return paths
}
