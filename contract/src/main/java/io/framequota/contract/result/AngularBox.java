package io.framequota.contract.result;

/**
 * Where an object is around the camera, in degrees: what a camera sees that looks at the object's middle, is not tilted sideways, and
 * has this field of view.
 *
 * @param yaw to the right of the picture's middle, -180 to below 180
 * @param pitch above the horizon, -90 to 90
 * @param width horizontal field of view
 * @param height vertical field of view
 */
public record AngularBox(double yaw, double pitch, double width, double height) {}
