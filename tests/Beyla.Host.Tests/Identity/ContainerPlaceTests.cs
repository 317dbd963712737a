using Beyla.Host.Identity;

namespace Beyla.Host.Tests.Identity;

public sealed class ContainerPlaceTests
{
    private const string Id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", Other = "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210";
    private const string Uid = "3f1c2d4e-5a6b-4c7d-8e9f-0a1b2c3d4e5f", UidInSlice = "3f1c2d4e_5a6b_4c7d_8e9f_0a1b2c3d4e5f", StaticUid = "0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("12:memory:/docker/" + Id, Id, null)]                                                                     // Docker, v1
    [InlineData("0::/system.slice/docker-" + Id + ".scope", Id, null)]                                                    // Docker, v2 by systemd
    [InlineData("0::/docker/" + Other + "/docker/" + Id, Id, null)]                                                       // Docker in Docker
    [InlineData("1:name=systemd:/docker/" + Id + "/system.slice/app.service", Id, null)]                                  // systemd in Docker
    [InlineData("5:cpu:/kubepods/burstable/pod" + Uid + "/" + Id, Id, Uid)]                                               // containerd, v1
    [InlineData("5:cpu:/kubepods/pod" + StaticUid + "/" + Id, Id, StaticUid)]                                             // of a static pod
    [InlineData("0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" + UidInSlice + ".slice/cri-containerd-" + Id + ".scope", Id, Uid)]
    [InlineData("0::/kubepods.slice/kubepods-pod" + UidInSlice + ".slice/crio-" + Id + ".scope/container", Id, Uid)]      // CRI-O, v2
    [InlineData("4:pids:/system.slice/containerd.service/kubepods-besteffort-pod" + UidInSlice + ".slice:cri-containerd:" + Id, Id, Uid)]
    [InlineData("0::/../cri-containerd-" + Id + ".scope", Id, null)]                                                      // seen from a sibling's cgroup namespace
    [InlineData("0::/machine.slice/libpod-" + Id + ".scope/container", Id, null)]                                         // Podman
    [InlineData("0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" + Id + ".scope", Id, null)]         // Podman without root
    [InlineData("9:cpu:/ecs/0f1e2d3c/" + Id, Id, null)]                                                                   // ECS
    [InlineData("9:cpu:/ecs/0123456789abcdef0123456789abcdef/0123456789abcdef0123456789abcdef-1234567890", "0123456789abcdef0123456789abcdef-1234567890", null)]
    [InlineData("0::/machine.slice/libpod-conmon-" + Id + ".scope", null, null)]                                          // the container's monitor
    [InlineData("0::/kubepods.slice/crio-conmon-" + Id + ".scope", null, null)]
    [InlineData("0::/system.slice/nginx.service", null, null)]
    [InlineData("0::/user.slice/user-0.slice/session-0123456789abcdef.scope", null, null)]
    [InlineData("4:memory:/process_api/0123456789abcdef0123456789abcdef", null, null)]
    [InlineData("0::/", null, null)]
    [InlineData("no cgroup", null, null)]
    public void OfCgroups_APath_TellsContainerAndPod(string line, string? container, string? pod) =>
        Assert.Equal(new ContainerPlace(container, pod, null), ContainerPlace.OfCgroups([line]));

    [Fact]
    public void OfCgroups_HierarchiesThatDoNotTell_LeaveItToTheOthers() =>
        Assert.Equal(Id, ContainerPlace.OfCgroups(["2:rdma:/", "1:name=systemd:/docker/" + Id, "0::/"]).ContainerId);

    [Theory]
    [InlineData("/var/lib/docker/containers/" + Id + "/hostname /etc/hostname", Id, null, null)]
    [InlineData("/var/lib/containers/storage/overlay-containers/" + Id + "/userdata/hosts /etc/hosts", Id, null, null)]
    [InlineData("/var/lib/kubelet/pods/" + Uid + "/etc-hosts /etc/hosts", null, Uid, null)]
    [InlineData("/var/lib/kubelet/pods/" + Uid + "/containers/shop/0a1b2c3d /dev/termination-log", null, Uid, "shop")]
    [InlineData("/var/lib/docker/containers/" + Id + "/hostname /mnt/hostname", null, null, null)]
    [InlineData("/sandboxes/" + Id + "/hostname /etc/hostname", null, null, null)]                                        // the pod's, not the container's
    [InlineData("/ /etc/hosts", null, null, null)]
    public void OfMounts_AMountedFile_TellsContainerPodAndName(string rootAndPoint, string? container, string? pod, string? name) =>
        Assert.Equal(new ContainerPlace(container, pod, name), ContainerPlace.OfMounts([$"813 802 254:0 {rootAndPoint} rw,relatime - ext4 /dev/vda rw"]));

    [Fact]
    public void Read_OfAProcessThatIsGone_IsNoContainer() => Assert.Equal(ContainerPlace.None, ContainerPlace.Read(int.MaxValue));
}
