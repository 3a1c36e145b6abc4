"""The wheel holds the program of one system; make spark-wheel builds it into winback_spark/bin."""

import os

from setuptools import setup

try:
    from setuptools.command.bdist_wheel import bdist_wheel
except ImportError:  # setuptools below 70
    from wheel.bdist_wheel import bdist_wheel


class PlatformWheel(bdist_wheel):
    def finalize_options(self):
        super().finalize_options()
        self.root_is_pure = False

    def get_tag(self):
        return "py3", "none", os.environ.get("WHEEL_PLATFORM", "manylinux2014_x86_64")


setup(
    name="winback-spark",
    version=os.environ.get("WHEEL_VERSION", "0.0.0"),
    description="The nightly batch of winback over a table that Spark reads",
    python_requires=">=3.9",
    install_requires=["pyarrow>=11"],  # and PySpark 3.5 to 4.x, which a cluster brings
    packages=["winback_spark"],
    py_modules=["winback_spark_run"],
    package_data={"winback_spark": ["bin/winback"]},
    cmdclass={"bdist_wheel": PlatformWheel},
)
