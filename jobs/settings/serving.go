package settings

// Serving is where winback serve listens, and who may come in.
type Serving struct {
	Listen    string // host:port
	TokenFile string // people and their tokens; "" for nobody but this machine
}

func (g *Serving) rows() []Setting {
	return []Setting{
		{Name: "listen", section: running, Holder: "HOST:PORT", Help: "where the pages are served; beyond this machine only with --token-file", Preset: "127.0.0.1:8645", apart: true, value: text(&g.Listen)},
		{Name: "token-file", section: running, Holder: "FILE", Help: "who may see the pages: a name and a token of 32 characters or more on each line", unset: "whoever is on this machine", apart: true, value: onDisk(&g.TokenFile)},
	}
}
