package io.framequota.media.decode.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_DATA_SPHERICAL;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_DATA_STEREO3D;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_side_data_get;
import static org.bytedeco.ffmpeg.global.avutil.AV_SPHERICAL_CUBEMAP;
import static org.bytedeco.ffmpeg.global.avutil.AV_SPHERICAL_EQUIRECTANGULAR;
import static org.bytedeco.ffmpeg.global.avutil.AV_SPHERICAL_RECTILINEAR;
import static org.bytedeco.ffmpeg.global.avutil.AV_STEREO3D_2D;
import static org.bytedeco.ffmpeg.global.avutil.AV_STEREO3D_SIDEBYSIDE;
import static org.bytedeco.ffmpeg.global.avutil.AV_STEREO3D_TOPBOTTOM;

import io.framequota.contract.frame.Projection;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacketSideData;
import org.bytedeco.ffmpeg.avutil.AVSphericalMapping;
import org.bytedeco.ffmpeg.avutil.AVStereo3D;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/**
 * The projection that a container states. FFmpeg reads spherical metadata of version 1 (XML in a uuid box) and of version 2 (st3d and
 * sv3d boxes, or Matroska's elements), which has precedence.
 *
 * @param projection flat when none is stated, or an unsupported one
 * @param unsupported what is stated and not supported, in words; else empty
 */
record StatedProjection(Projection projection, String unsupported) {
    private static final StatedProjection NONE = new StatedProjection(Projection.FLAT, "");

    static StatedProjection of(AVCodecParameters parameters) {
        BytePointer spherical = sideData(parameters, AV_PKT_DATA_SPHERICAL);
        if (spherical == null) {
            return NONE;
        }
        AVSphericalMapping mapping = new AVSphericalMapping(spherical);
        int kind = mapping.projection();
        if (kind == AV_SPHERICAL_RECTILINEAR) {
            return NONE;
        }
        boolean padded = kind == AV_SPHERICAL_CUBEMAP && mapping.padding() != 0;
        if (padded || kind != AV_SPHERICAL_EQUIRECTANGULAR && kind != AV_SPHERICAL_CUBEMAP) {
            return unsupported(padded ? "a padded cubemap" : "a part of the sphere or a mesh");
        }
        BytePointer stereo = sideData(parameters, AV_PKT_DATA_STEREO3D);
        int eyes = stereo == null ? AV_STEREO3D_2D : new AVStereo3D(stereo).type();
        if (eyes != AV_STEREO3D_2D) {
            return unsupported("a picture for each eye"
                    + (eyes == AV_STEREO3D_TOPBOTTOM
                            ? ", one above the other"
                            : eyes == AV_STEREO3D_SIDEBYSIDE ? ", side by side" : ""));
        }
        return new StatedProjection(
                kind == AV_SPHERICAL_EQUIRECTANGULAR ? Projection.EQUIRECT : Projection.CUBEMAP, "");
    }

    private static StatedProjection unsupported(String what) {
        return new StatedProjection(Projection.FLAT, what);
    }

    private static @Nullable BytePointer sideData(AVCodecParameters parameters, int type) {
        AVPacketSideData all = parameters.coded_side_data();
        if (all == null || all.isNull()) {
            return null;
        }
        AVPacketSideData found = av_packet_side_data_get(all, parameters.nb_coded_side_data(), type);
        return found == null || found.isNull() ? null : found.data();
    }
}
