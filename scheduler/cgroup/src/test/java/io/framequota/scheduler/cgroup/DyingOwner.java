package io.framequota.scheduler.cgroup;

import io.framequota.common.cgroup.CpuQuota;

/** A program that creates a group with a sleeping process, reports it and waits to be killed. */
final class DyingOwner {
    public static void main(String[] arguments) throws Exception {
        CgroupSupport.Available here = (CgroupSupport.Available) CgroupDetector.open();
        Cgroup group = here.groups().create("worker-0");
        group.quota(CpuQuota.ofMillicores(10));
        Process sleeper = new ProcessBuilder("sleep", "60").start();
        group.add(sleeper.pid());
        System.out.println(sleeper.pid());
        System.out.flush();
        Thread.sleep(60_000);
    }

    private DyingOwner() {}
}
