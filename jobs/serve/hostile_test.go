package serve

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"winback/jobs/console"
)

// hostile draws the bytes of a request that no browser sends.
func hostile(rng *rand.Rand) string {
	pick := func(of ...string) string { return of[rng.IntN(len(of))] }
	// Half of the requests are such that they reach a page at all.
	odd := func(of ...string) string {
		if rng.IntN(8) > 0 {
			return ""
		}
		return pick(of...)
	}
	path := pick("/", "/brief.html", "/group/1", "/download", "/customer", "/style.css", "/report.html")
	for range rng.IntN(4) {
		path += odd("%", "%zz", "\xff", " ", "\x00") + pick("/..", "/../", "%2e%2e%2f", "..%2f", "%5c..", "/etc/passwd", "/secret.txt", "%00", "//", "/./", ";", "?id=1", "%ff%fe", "%c0%ae%c0%ae/", "runs/", "current", "ledger", ".lock", "downloads/", "'", "{{.}}", strings.Repeat("a", rng.IntN(3000)))
	}
	method := pick("GET", "GET", "POST", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "PROPFIND", "get", strings.Repeat("X", 500)) + odd(" T", "\x00", "é")
	lines := []string{method + " " + path + " " + "HTTP/1." + pick("0", "1") + odd("9", ".", " x")}
	lines = append(lines, "Host: "+pick("127.0.0.1:8645", "127.0.0.1:8645", "127.0.0.1:8645", "localhost", "evil.example", "[::1")+odd("a b", "\r\nHost: evil.example"))
	body := pick("", "id=G1-0", "id=%zz", "format=csv&groups=../../secret.txt", "format=csv&list=../secret.txt", "format=../../x", "format=csv&campaign=../../../etc", "a=b;c=d", "id="+strings.Repeat("x", rng.IntN(20_000)), "\x00\xff\xfe", "groups=1&groups=2&format=csv", "top=99999999999999999999&format=csv", "channel=%00&format=csv", "format=xlsx&arm=%2e%2e%2f")
	for range rng.IntN(5) {
		lines = append(lines, pick("Origin: http://evil.example", "Origin: http://127.0.0.1:8645", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-origin", "Content-Type: application/x-www-form-urlencoded", "Content-Type: multipart/form-data; boundary=x",
			"Authorization: Basic "+pick("", "====", "YW5uYTo=", "YW5uYTp4eHh4"), "Authorization: Bearer x", "X-Forwarded-User: anna", "X-Forwarded-For: 127.0.0.1", "X-Forwarded-Host: localhost", "Cookie: a="+strings.Repeat("c", rng.IntN(3000)),
			"X-Long: "+strings.Repeat("l", rng.IntN(40_000)), "Range: bytes=0-1", "Expect: 100-continue", "Upgrade: websocket", "If-None-Match: *"))
		if line := odd("Transfer-Encoding: chunked", "Transfer-Encoding: gzip, chunked", "Bad Header", "X\x00Y: z"); line != "" {
			lines = append(lines, line)
		}
	}
	lines = append(lines, "Content-Length: "+strconv.Itoa(len(body))+odd("0", "-1", "x"), "Connection: close")
	return strings.Join(lines, "\r\n") + "\r\n\r\n" + body
}

var requests = flag.Int("requests", 1000, "hostile requests of each kind; make test-serve sends 10,000")

func TestHostile_NoneFailsAndNoneGetsOut(t *testing.T) {
	folder := t.TempDir()
	out := filepath.Join(folder, "out")
	publish(t, out, 30, "2007-11-15")
	must(t, os.WriteFile(filepath.Join(folder, "secret.txt"), []byte("TOPSECRET"), 0o600))
	must(t, os.WriteFile(filepath.Join(out, "secret.txt"), []byte("TOPSECRET"), 0o600))
	known := people{"anna": {1}}
	for name, p := range map[string]people{"on this machine": nil, "with tokens": known} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewUnstartedServer(opened(t, standard(out), p))
			server.Config.MaxHeaderBytes, server.Config.ReadHeaderTimeout = mostHeaders, headerTime
			server.Config.ErrorLog = nil
			server.Start()
			defer server.Close()
			rng := rand.New(rand.NewPCG(7, 13))
			answers := map[int]int{}
			for range *requests {
				request := hostile(rng)
				status, answer := exchange(t, server.Listener.Addr().String(), request)
				answers[status]++
				switch {
				case status >= 500 && status != http.StatusNotImplemented && status != http.StatusHTTPVersionNotSupported:
					t.Fatalf("%d to %.300q: %.500s", status, request, answer)
				case strings.Contains(answer, "TOPSECRET"), strings.Contains(answer, "root:x:"):
					t.Fatalf("a file got out by %.300q", request)
				case p != nil && status >= 200 && status < 300:
					t.Fatalf("%d without a token to %.300q", status, request)
				case p != nil && strings.Contains(answer, "Recent"):
					t.Fatalf("a group is told without a token to %.300q", request)
				}
			}
			t.Log(answers)
			if p == nil && answers[200] == 0 {
				t.Error("no request was a sound one: the test asks nothing")
			}
		})
	}
}

// exchange sends bytes and reads the answer; status 0 where the server closes.
func exchange(t *testing.T, address, request string) (status int, answer string) {
	t.Helper()
	c, err := net.Dial("tcp", address)
	must(t, err)
	defer c.Close()
	must(t, c.SetDeadline(time.Now().Add(30*time.Second)))
	go func() { _, _ = io.WriteString(c, request); _ = c.(*net.TCPConn).CloseWrite() }() // a server may hang up before it has read all
	text, _ := io.ReadAll(bufio.NewReader(c))
	words := strings.Fields(string(text))
	if len(words) > 1 {
		status, _ = strconv.Atoi(words[1])
	}
	return status, string(text)
}

func TestServe_StopsAndLetsWhatIsUnderWayEnd(t *testing.T) {
	out := t.TempDir()
	publish(t, out, 30, "2007-11-15")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	address := listener.Addr().String()
	must(t, listener.Close())
	s := standard(out)
	s.Listen = address
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, s, console.UI{}) }()
	var got *http.Response
	for range 100 {
		if got, err = http.Get(fmt.Sprintf("http://%s/", address)); err == nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	must(t, err)
	must(t, got.Body.Close())
	if got.StatusCode != 200 {
		t.Errorf("status %d", got.StatusCode)
	}
	stop()
	select {
	case err := <-ended:
		must(t, err)
	case <-time.After(stopTime + 5*time.Second):
		t.Fatal("it does not stop")
	}
}
