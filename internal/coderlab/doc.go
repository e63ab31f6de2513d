// Package coderlab gives a test a real Coder: server, provisioner, agent and
// command line, built from Coder's own module, on ports of its own.
//
//	func TestCoder(t *testing.T) {
//		lab := coderlab.Start(t) // 3 s: PostgreSQL, server, first user
//		alice := lab.User(t, "alice")
//		lab.Template(t, "slot", coderlab.LocalTemplate(), lab.Variables(t, folderOfSlot))
//		ws := alice.Workspace(t, "slot", "ws", map[string]string{"SLOT_A_SUBDOMAIN": "blog"})
//		out := ws.Run(t, "slot", "deploy", "a", "/path/of/app") // in the agent, by coder ssh
//		answer := ws.Get(t, "blog", "/", alice)                 // through Coder's app proxy
//		build, err := ws.Start(ctx, map[string]string{"SLOT_A_SUBDOMAIN": "news"})
//		t.Run("…", …) // subtests share the lab
//	}
//
// [Start] fails or skips the test when a program is missing: "go run
// ./internal/coderlab/setup" builds them once into the user's cache. Everything
// stops at the end of the test that called Start, agents first. A failed test
// prints the end of the server's log.
//
// Its own modules, in server, docker, kubernetes and terraform, name what is
// built; nobody who builds slot downloads them. The package speaks HTTP by
// itself rather than through Coder's client, so that it does not test a client
// with that same client.
package coderlab
