package io.framequota.scheduler.policy;

import java.util.List;

/**
 * Offers policies to Framequota through {@link java.util.ServiceLoader}. A plug-in jar names its provider in
 * {@code META-INF/services/io.framequota.scheduler.policy.PolicyProvider}. The provider is a public class with a public
 * constructor without parameters; it may itself be the policy.
 */
public interface PolicyProvider {
    /** Returns the policies in the order in which they are listed. Called once per process. */
    List<PolicyDefinition> policies();
}
