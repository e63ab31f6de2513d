package supervisor

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/slot-paas/slot/slot"
	"github.com/slot-paas/slot/supervisor/api"
	"github.com/slot-paas/slot/supervisor/process"
	"github.com/slot-paas/slot/supervisor/store"
)

// takeOverTimeout bounds the exchange: a daemon that serves answers at once.
const takeOverTimeout = 10 * time.Second

// deed comes with the sockets that a daemon hands to a new keeper.
type deed struct {
	PID   int      `json:"pid"`
	Start uint64   `json:"start"`
	Names []string `json:"names"`
}

// takeOver gets the sockets from a daemon whose keeper was lost, over the
// control socket, and gives it the environment to share. KindUnreachable when
// the daemon is gone.
func takeOver(lay store.Layout, env *environment) (_ sockets, _ *process.Watcher, err error) {
	token, err := store.ReadToken(lay)
	if err != nil {
		return nil, nil, err
	}
	conn, err := net.DialTimeout("unix", lay.Socket(), takeOverTimeout)
	if err != nil {
		return nil, nil, slot.E(slot.KindUnreachable, "", fmt.Errorf("cannot reach the daemon: %w", err))
	}
	c := conn.(*net.UnixConn)
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(takeOverTimeout)); err != nil {
		return nil, nil, err
	}
	if _, err := fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: slot\r\nAuthorization: Bearer %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", api.SocketsPath, token); err != nil {
		return nil, nil, slot.E(slot.KindUnreachable, "", fmt.Errorf("cannot reach the daemon: %w", err))
	}
	d, fds, err := readDeed(c)
	if err != nil {
		return nil, nil, err
	}
	socks, err := received(d.Names, fds)
	if err != nil {
		return nil, nil, err
	}
	daemon, err := process.Watch(d.PID, d.Start)
	if err == nil {
		_, _, err = c.WriteMsgUnix([]byte{0}, syscall.UnixRights(int(env.fd())), nil)
	}
	if err != nil {
		socks.close()
		daemon.Close()
		return nil, nil, slot.E(slot.KindUnreachable, "", fmt.Errorf("cannot take over from the daemon: %w", err))
	}
	return socks, daemon, nil
}

// readDeed reads the answer by hand: descriptors come with the bytes that
// they were sent with, and a reader of bytes alone would lose them.
func readDeed(c *net.UnixConn) (d deed, fds []int, err error) {
	var all []byte
	buf, oob := make([]byte, 4096), make([]byte, unix.CmsgSpace(64*4))
	for {
		n, oobn, _, _, err := c.ReadMsgUnix(buf, oob)
		all = append(all, buf[:n]...)
		more, parseErr := rights(oob[:oobn])
		fds = append(fds, more...)
		if parseErr != nil {
			return d, fds, parseErr
		}
		head, body, whole := bytes.Cut(all, []byte("\r\n\r\n"))
		if whole && bytes.HasPrefix(head, []byte("HTTP/1.1 101 ")) && bytes.HasSuffix(body, []byte("\n")) {
			return d, fds, json.Unmarshal(body, &d)
		}
		if err != nil || n == 0 {
			return d, fds, refusal(all, err)
		}
	}
}

// rights takes the descriptors out of a control message.
func rights(oob []byte) (fds []int, err error) {
	messages, err := syscall.ParseSocketControlMessage(oob)
	for _, m := range messages {
		more, err := syscall.ParseUnixRights(&m)
		if err != nil {
			return fds, err
		}
		fds = append(fds, more...)
	}
	return fds, err
}

// refusal is what a daemon said that hands nothing over.
func refusal(answer []byte, cause error) error {
	res, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(answer)), nil)
	if err != nil {
		return slot.E(slot.KindUnreachable, "", fmt.Errorf("the daemon went away: %w", errors.Join(cause, err)))
	}
	defer res.Body.Close()
	var said struct{ Error *slot.Error }
	if err := json.NewDecoder(res.Body).Decode(&said); err != nil || said.Error == nil {
		return slot.E(slot.KindFailed, "slot down and slot up",
			fmt.Errorf("the daemon cannot hand over its sockets: it answered %s", res.Status))
	}
	return said.Error
}

// handOver sends the sockets to the keeper at the other end of c, and returns
// the file of the environment that it sends back.
func handOver(c *net.UnixConn, socks sockets) (*os.File, error) {
	self, err := process.Self()
	if err != nil {
		return nil, err
	}
	d := deed{PID: self.PID, Start: self.StartTime}
	for _, s := range socks {
		d.Names = append(d.Names, s.name)
	}
	text, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	head := "HTTP/1.1 101 Switching Protocols\r\nUpgrade: slot-sockets\r\nConnection: Upgrade\r\n\r\n"
	if err := c.SetDeadline(time.Now().Add(takeOverTimeout)); err != nil {
		return nil, err
	}
	if _, _, err := c.WriteMsgUnix([]byte(head+string(text)+"\n"), syscall.UnixRights(socks.fds()...), nil); err != nil {
		return nil, err
	}
	b, oob := make([]byte, 1), make([]byte, unix.CmsgSpace(4))
	_, n, _, _, err := c.ReadMsgUnix(b, oob)
	if err != nil {
		return nil, err
	}
	fds, err := rights(oob[:n])
	if err == nil && len(fds) != 1 {
		err = fmt.Errorf("the keeper sent %d descriptors", len(fds))
	}
	if err != nil {
		return nil, err
	}
	unix.CloseOnExec(fds[0])
	return os.NewFile(uintptr(fds[0]), "environment"), nil
}
