package pgboot

import (
	"os"
	"os/user"
	"strconv"
	"syscall"
)

const nobodyID = 65534

func ways() []way {
	if _, err := user.LookupId(strconv.Itoa(os.Getuid())); err == nil && os.Getuid() != 0 {
		return []way{{name: "self", uid: -1, gid: -1, attr: tied()}}
	}
	var list []way
	if os.Getuid() == 0 {
		for _, name := range []string{"postgres", "nobody"} {
			if w, ok := account(name); ok {
				list = append(list, w)
			}
		}
	}
	return append(list, namespace())
}

// tied makes the server stop cleanly when this process dies, and leaves it out
// of the terminal's process group: Ctrl-C is for us, who stop it last.
func tied() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGINT, Setpgid: true}
}

func account(name string) (way, bool) {
	u, err := user.Lookup(name)
	if err != nil {
		return way{}, false
	}
	uid, errU := strconv.ParseUint(u.Uid, 10, 32)
	gid, errG := strconv.ParseUint(u.Gid, 10, 32)
	if errU != nil || errG != nil {
		return way{}, false
	}
	attr := tied()
	attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return way{name: name, uid: int(uid), gid: int(gid), attr: attr}, true
}

// namespace maps us to an ordinary account, for a uid without a passwd entry
// and for root without the right to change its uid.
func namespace() way {
	attr := tied()
	attr.Cloneflags = syscall.CLONE_NEWUSER
	attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: nobodyID, HostID: os.Getuid(), Size: 1}}
	attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: nobodyID, HostID: os.Getgid(), Size: 1}}
	return way{name: "user namespace", uid: -1, gid: -1, attr: attr}
}
