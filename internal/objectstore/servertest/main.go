// Command servertest runs another command with an object store of its own: versitygw on
// a folder of this machine. The tests of winback that need a store take the server
// instead of theirs in memory. It is a module of its own, so that winback does not hang
// on what the server needs.
//
//	go run . -dir DIR COMMAND ARGUMENT…
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/embedgw"
)

const (
	access = "winback"
	secret = "a-secret-of-the-test"
)

func main() {
	dir := flag.String("dir", "", "folder of the objects; a temporary one where it is left out")
	flag.Parse()
	code, err := run(*dir, flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func run(dir string, command []string) (code int, err error) {
	if len(command) == 0 {
		return 0, errors.New("want a command to run")
	}
	if dir == "" {
		if dir, err = os.MkdirTemp("", "servertest"); err != nil {
			return 0, err
		}
		defer os.RemoveAll(dir)
	}
	here, err := os.Getwd()
	if err != nil {
		return 0, err
	}
	address, err := serve(dir) // which leaves the folder
	if err != nil {
		return 0, err
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir = here
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), "STORETEST_ENDPOINT=http://"+address, "AWS_ENDPOINT_URL=http://"+address,
		"AWS_ACCESS_KEY_ID="+access, "AWS_SECRET_ACCESS_KEY="+secret, "AWS_REGION=us-east-1")
	var failed *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &failed) {
		return 0, err
	}
	return cmd.ProcessState.ExitCode(), nil
}

// serve starts the server and waits until it listens.
func serve(dir string) (address string, err error) {
	objects := filepath.Join(dir, "objects")
	if err := os.MkdirAll(objects, 0o750); err != nil {
		return "", err
	}
	backend, err := posix.New(objects, meta.XattrMeta{}, posix.PosixOpts{})
	if err != nil {
		return "", err
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	address = free.Addr().String()
	free.Close()
	ended := make(chan error, 1)
	go func() {
		ended <- embedgw.RunVersityGW(context.Background(), backend, &embedgw.Config{RootUserAccess: access, RootUserSecret: secret, Region: "us-east-1",
			Ports: []string{address}, MaxConnections: 1000, MaxRequests: 1000, MultipartMaxParts: 10_000, KeepAlive: true, Quiet: true})
	}()
	for range 100 {
		select {
		case err := <-ended:
			return "", fmt.Errorf("the server ended: %w", err)
		case <-time.After(50 * time.Millisecond):
		}
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			return address, nil
		}
	}
	return "", errors.New("the server does not listen")
}
