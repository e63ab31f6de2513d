// Package proxy owns the public face of a slot: the HTTP server on the slot's
// port, the target it leads to (a process, a static folder or a built-in
// page), the switch from one target to the next and the drain of the old one.
//
// It does not own the listening sockets (the keeper does), the processes
// behind them, or the decision when to switch; supervisor/deploy and
// supervisor make those.
//
// A client's connection is a visitor first: its plain requests to a process
// are answered there. The others are handed over to the standard library's
// server, with the Front as its handler.
//
// A Front starts with Serve and stops when Serve's context ends. A Target
// starts nothing when it is made; Drain ends it. The way of a request to its
// target takes no lock: it loads a pointer and adds to counters. To an app it
// takes that of the kept connections, for moments.
package proxy
