package commands_test

import (
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/testscript"
)

// origin NAME [FOLDER] makes https://github.com/NAME: a bare repository with
// the folder's files in branch main, which calls the hooks of a push that were
// made by GitHub's API as GitHub does. Where they lead to is this script's
// webhook, whatever their address.
func origin(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: origin owner/name [folder]")
	}
	bare := ts.MkAbs(filepath.Join(ts.Getenv("WORK"), "github", args[0]))
	ts.Check(ts.Exec("git", "init", "-q", "--bare", "-b", "main", bare))
	if len(args) == 2 {
		if _, err := os.Stat(filepath.Join(ts.MkAbs(args[1]), ".git")); err != nil {
			repo(ts, false, args[1:])
		}
		ts.Check(ts.Exec("git", "-C", ts.MkAbs(args[1]), "push", "-q", bare, "HEAD:main"))
	}
	ts.Setenv("ORIGIN", args[0])
	ts.Check(os.WriteFile(filepath.Join(bare, "hooks", "post-receive"), []byte(calls), 0o755))
}

const calls = `#!/usr/bin/env python3
import hashlib, hmac, json, os, sys, urllib.request
name = os.environ["ORIGIN"]
asked = urllib.request.Request(os.environ["GITHUB_API_URL"] + "/repos/" + name + "/hooks",
    headers={"Authorization": "Bearer " + os.environ["GITHUB_RIGHT_TOKEN"],
             "Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28", "User-Agent": "git"})
hooks = json.load(urllib.request.urlopen(asked))
for line in sys.stdin:
    before, after, ref = line.split()
    body = json.dumps({"ref": ref, "before": before, "after": after, "deleted": False,
        "head_commit": {"id": after, "message": "A change", "author": {"name": "Ada"}}, "commits": [],
        "repository": {"full_name": name, "default_branch": "main", "clone_url": "https://github.com/" + name + ".git"},
        "pusher": {"name": "ada"}, "sender": {"login": "ada"}}).encode()
    for hook in hooks:
        signed = "sha256=" + hmac.new(hook["config"]["secret"].encode(), body, hashlib.sha256).hexdigest()
        urllib.request.urlopen(urllib.request.Request(os.environ["WEBHOOK"] + "/webhook", body, {
            "Content-Type": "application/json", "X-GitHub-Event": "push", "X-GitHub-Delivery": after, "X-Hub-Signature-256": signed}))
`
