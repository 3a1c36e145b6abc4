package serve

import (
	"context"
	"net"
	"net/http"
	"strings"
)

// onThisMachine is who asks where nobody has to say a name.
const onThisMachine = "this machine"

type asker struct{}

// who is the name of the person who asks.
func who(r *http.Request) string {
	name, _ := r.Context().Value(asker{}).(string)
	return name
}

// guarded lets through what comes from a page of ours, by a name that this server
// goes by, from somebody who may come in.
func (s *site) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self' 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		h.Set("Cache-Control", "no-store")
		switch {
		case !s.goesBy(r.Host):
			s.refuse(w, r, http.StatusMisdirectedRequest, "This server does not go by that name.")
			return
		case !ofOurs(r):
			s.refuse(w, r, http.StatusForbidden, "Only pages of this server may ask it; open its address by hand.")
			return
		}
		name := onThisMachine
		if s.people != nil {
			var token string
			name, token, _ = r.BasicAuth()
			if !s.people.admits(name, token) {
				h.Set("WWW-Authenticate", `Basic realm="winback", charset="UTF-8"`)
				s.refuse(w, r, http.StatusUnauthorized, "Who are you? It takes a name and its token.")
				return
			}
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), asker{}, name)))
	})
}

// goesBy says whether a request names this server as it is known: on this machine by
// its own names alone, so that no foreign name can be bound to it. Where people show
// tokens a proxy may give it any name: a browser shows no token to another name.
func (s *site) goesBy(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	}
	return loopback(name) || s.people != nil && name != ""
}

// ofOurs says whether a browser asks for a page of ours, or a person by hand.
func ofOurs(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return false
	}
	origin := r.Header.Values("Origin")
	return len(origin) == 0 || len(origin) == 1 && (origin[0] == "http://"+r.Host || origin[0] == "https://"+r.Host)
}
