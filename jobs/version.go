package jobs

import "runtime/debug"

// release is the version of a release build, set by the linker.
var release string

// Version is that of the release, else of the commit that was built.
func Version() string {
	if release != "" {
		return release
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
