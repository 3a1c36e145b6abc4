package main

import (
	"github.com/spf13/cobra"

	"winback/jobs/serve"
)

func serveCommand() command {
	return one(&cobra.Command{
		Use:   "serve",
		Short: "Serve the newest run as pages for people without a command line",
		Long: `Serves the brief, the report, groups, campaigns and lists of the newest run as plain
pages, for a browser on this machine: http://127.0.0.1:8645. Lists are those of
winback pull: who has opted out by then is on none of them. Each download leaves a
file in OUT/downloads that says who took what, when and how many, and no ids; nothing
else is written.

With --join lists come in the files of a sending tool too, zipped: they lie in a folder of
OUT until they are handed out.

Others are served with --listen and --token-file, a file that only its owner can
read, with a name and a token on each line: the browser asks for both. Tokens and
lists travel as they are: put a proxy with TLS in front that passes on Host and
Authorization. No header of a proxy is believed.`,
		Example: "  winback serve --out out\n  winback serve --out out --listen 0.0.0.0:8645 --token-file people.txt",
		Args:    atMost(0),
	}, plain(serve.Serve))
}
